package org.patchboard.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.openqa.selenium.By;
import org.openqa.selenium.ElementNotInteractableException;
import org.openqa.selenium.JavascriptExecutor;
import org.openqa.selenium.NoSuchElementException;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.support.ui.FluentWait;

/** A headless Chromium that somebody sits at: signs in, reads pages, works in Tasklist. */
public final class Browser implements AutoCloseable {

    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final Path DRIVER = Path.of("/usr/bin/chromedriver");
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private final String address;
    private final ChromeDriver driver;

    /** Skips the calling test, loudly, where there is no Chromium; fails it where a build must have one. */
    public static void assumeAvailable() {
        var there = Files.isExecutable(CHROMIUM) && Files.isExecutable(DRIVER);
        if (there) {
            return;
        }
        var sentence = "SKIPPED: no Chromium at " + CHROMIUM + " and " + DRIVER + "; nothing was tried in a browser";
        System.err.println(sentence);
        if ("true".equals(System.getenv("CI"))) {
            throw new AssertionError(sentence);
        }
        Assumptions.abort(sentence);
    }

    /** @param address of the running product, without a slash at its end */
    public Browser(String address) {
        this.address = address;
        var options = new ChromeOptions();
        options.setBinary(CHROMIUM.toString());
        options.addArguments(
                "--headless=new",
                "--no-sandbox", // Chromium's own sandbox needs a user other than root
                "--disable-dev-shm-usage",
                "--disable-gpu",
                "--no-first-run",
                "--disable-extensions",
                "--disable-background-networking",
                "--window-size=1280,900",
                "--lang=en");
        var logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        options.setCapability(ChromeOptions.LOGGING_PREFS, logs);
        var service = new ChromeDriverService.Builder()
                .usingDriverExecutable(DRIVER.toFile())
                .build();
        driver = new ChromeDriver(service, options);
        driver.manage().timeouts().pageLoadTimeout(PATIENCE).scriptTimeout(PATIENCE);
        desktop();
    }

    public ChromeDriver driver() {
        return driver;
    }

    @Override
    public void close() {
        driver.quit();
    }

    // ---- pages

    /** Through the sign-in page; somebody signed in before is signed out by losing the cookies. */
    public Browser signIn(String login, String password) {
        open("/login");
        driver.manage().deleteAllCookies();
        open("/login");
        driver.findElement(By.id("username")).sendKeys(login);
        driver.findElement(By.id("password")).sendKeys(password);
        driver.findElement(By.cssSelector("main form button[type=submit]")).click();
        await(() -> !driver.getCurrentUrl().contains("/login") || has("[role=alert]"));
        assertThat(driver.getCurrentUrl()).as("signing in as " + login).doesNotContain("/login");
        return this;
    }

    /** Opens a path of the product; a fragment alone changes without loading, so that case goes by an empty page. */
    public Browser open(String path) {
        if (path.contains("#")) {
            driver.get("about:blank");
        }
        driver.get(address + path);
        return this;
    }

    /** The machine prefers dark (or light); pages opened from now on and the present one. */
    public Browser dark(boolean dark) {
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"))));
        return this;
    }

    /** 390 × 844, as a phone in the hand. */
    public Browser phone() {
        return screen(390, 844, true);
    }

    public Browser desktop() {
        return screen(1280, 900, false);
    }

    private Browser screen(int width, int height, boolean mobile) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", mobile));
        return this;
    }

    public String title() {
        return Objects.requireNonNull(driver.getTitle());
    }

    /** What can be read on the page. */
    public String text() {
        return driver.findElement(By.tagName("body")).getText();
    }

    public boolean has(String css) {
        return !driver.findElements(By.cssSelector(css)).isEmpty();
    }

    public WebElement find(String css) {
        return await(() -> has(css) ? driver.findElement(By.cssSelector(css)) : null);
    }

    /** The page is wider than the screen: a person would have to push it sideways to read. */
    public boolean scrollsSideways() {
        return Boolean.TRUE.equals(
                script(
                        "return document.documentElement.scrollWidth > window.innerWidth + 1 || document.body.scrollWidth > window.innerWidth + 1"));
    }

    /** Accessibility faults that axe-core calls serious or critical: rule, what is wrong, where. */
    public List<String> axe() {
        script(axeSource());
        var found = driver.executeAsyncScript("""
                const done = arguments[arguments.length - 1];
                axe.run(document, {resultTypes: ['violations']}).then(
                  result => done(result.violations
                    .filter(v => v.impact === 'serious' || v.impact === 'critical')
                    .flatMap(v => v.nodes.slice(0, 5).map(n =>
                      v.id + ': ' + v.help + ' at ' + n.html.slice(0, 160) + ' ' + (n.failureSummary || '').split('\\n').slice(1, 2)))),
                  fault => done(['axe failed: ' + fault]));""");
        return ((List<?>) Objects.requireNonNull(found))
                .stream().map(String::valueOf).toList();
    }

    private static String axeSource() {
        try (var stream = Browser.class.getResourceAsStream("/axe.min.js")) {
            return new String(Objects.requireNonNull(stream).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Errors on the console since the last call, what the content security policy stopped among them. */
    public List<String> consoleErrors() {
        var errors = new ArrayList<String>();
        for (var entry : driver.manage().logs().get(LogType.BROWSER)) {
            var message = entry.getMessage();
            if (entry.getLevel().intValue() >= Level.SEVERE.intValue() || message.contains("Content Security Policy")) {
                errors.add(message);
            }
        }
        return errors;
    }

    /** Keeps what the screen shows, whole page, for a person to look at. */
    public Path screenshot(Path file) {
        try {
            Files.createDirectories(Objects.requireNonNull(file.toAbsolutePath().getParent()));
            return Files.write(file, wholePage());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private byte[] wholePage() {
        var answer = driver.executeCdpCommand(
                "Page.captureScreenshot", Map.of("format", "png", "captureBeyondViewport", true));
        return OutputType.BYTES.convertFromBase64Png(String.valueOf(answer.get("data")));
    }

    public @Nullable Object script(String source, Object... arguments) {
        return ((JavascriptExecutor) driver).executeScript(source, arguments);
    }

    // ---- Tasklist

    /** Opens a task by its engine id and waits until its form can be read. */
    public Browser openTask(String task) {
        open("/camunda/app/tasklist/default/#/?task=" + task);
        // drawn once more when the words came late
        find("[placeholder='Filter Tasks']");
        find(".fjs-form");
        await(() -> !driver.findElements(By.cssSelector(".fjs-form .fjs-form-field"))
                .isEmpty());
        return this;
    }

    /** Takes an unclaimed task; the form opens for writing. */
    public Browser claim() {
        press("Claim");
        await(() -> buttons("Unclaim").findAny().isPresent()
                || has("[ng-click*=unclaim]")
                || has("button.remove-assignee, .assignee .remove"));
        find(".fjs-form");
        await(() -> has(".fjs-form input:not([disabled]), .fjs-form textarea:not([disabled])"));
        return this;
    }

    /** Chooses an answer of a radio or check list by what stands beside it. */
    public Browser choose(String answer) {
        act(() -> inSight(control("label", answer)).click());
        return this;
    }

    /** Writes into a text field or text area found by its label (its beginning is enough). */
    public Browser write(String label, String text) {
        act(() -> {
            var field = inSight(control("field", label));
            field.clear();
            field.sendKeys(text);
        });
        return this;
    }

    /** What stands in a text, number or text area field found by its label. */
    public String written(String label) {
        return await(() -> control("field", label).getDomProperty("value"));
    }

    /** Tasklist's footer lies over what is at the lower end. */
    private WebElement inSight(WebElement element) {
        script("arguments[0].scrollIntoView({block: 'center'})", element);
        return element;
    }

    private WebElement control(String kind, String label) {
        var found = script("""
                const [kind, wanted] = arguments;
                const clean = text => text.replace(/\\s+/g, ' ').replace(/\\*$/, '').trim();
                const labels = [...document.querySelectorAll('.fjs-form label')].filter(l => l.offsetParent !== null);
                const fits = kind === 'field' ? l => clean(l.innerText).startsWith(wanted) : l => clean(l.innerText) === wanted;
                for (const label of labels.filter(fits)) {
                  const control = label.control || label.querySelector('input, textarea')
                    || label.closest('.fjs-form-field').querySelector('input, textarea');
                  if (control && (kind === 'field') === !['radio', 'checkbox'].includes(control.type)) return control;
                }
                return null;""", kind, label);
        if (!(found instanceof WebElement element)) {
            throw new NoSuchElementException("the form has no " + kind + " \"" + label + "\"");
        }
        return element;
    }

    /**
     * Presses Complete.
     *
     * @return the refusal's sentence as Tasklist shows it; empty when the task is done
     */
    public String complete() {
        // What an earlier refusal said lies over the button until it is closed.
        script("document.querySelectorAll('[notifications-panel] .close').forEach(close => close.click())");
        await(() -> !has("[notifications-panel] .alert"));
        press("Complete");
        return await(() -> {
            var errors = driver.findElements(By.cssSelector(".alert-danger, .fjs-form-field-error")).stream()
                    .filter(WebElement::isDisplayed)
                    .map(WebElement::getText)
                    .map(String::strip)
                    .filter(text -> !text.isEmpty())
                    .toList();
            if (!errors.isEmpty()) {
                return String.join("\n", errors);
            }
            return has(".fjs-form") ? null : "";
        });
    }

    private void press(String name) {
        act(() -> buttons(name)
                .findFirst()
                .orElseThrow(() -> new NoSuchElementException("no button " + name))
                .click());
    }

    private Stream<WebElement> buttons(String name) {
        return driver.findElements(By.cssSelector("button, .btn")).stream()
                .filter(button -> button.isDisplayed()
                        && button.isEnabled()
                        && button.getText().strip().equals(name));
    }

    // ---- waiting

    /** Does it once the page lets it be done. */
    private void act(Runnable deed) {
        await(() -> {
            deed.run();
            return true;
        });
    }

    /** Asks again until there is an answer other than null and false. */
    public <T> T await(java.util.function.Supplier<@Nullable T> question) {
        return new FluentWait<>(driver)
                .withTimeout(PATIENCE)
                .pollingEvery(Duration.ofMillis(150))
                .ignoreAll(List.of(
                        NoSuchElementException.class,
                        StaleElementReferenceException.class,
                        ElementNotInteractableException.class))
                .until(ignored -> question.get());
    }
}
