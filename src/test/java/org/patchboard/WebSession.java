package org.patchboard;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.CookieManager;
import java.net.HttpCookie;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/** Somebody signed in on the page, as a browser is: cookies, and Tasklist's own token against forged requests. */
public final class WebSession {

    private static final Pattern CSRF = Pattern.compile("name=\"_csrf\"[^>]*value=\"([^\"]+)\"");

    private final String address;
    private final CookieManager cookies = new CookieManager();
    private final HttpClient browser =
            HttpClient.newBuilder().cookieHandler(cookies).build();

    private String idBefore = "";
    private String idAfter = "";
    private String cookieAfter = "";

    private WebSession(String address) {
        this.address = address;
    }

    /**
     * Signs in with {@link TestPeople#PASSWORD} and opens a web application that the person has.
     *
     * @param application {@code tasklist}, {@code cockpit} or {@code admin}
     */
    public static WebSession of(String address, String login, String application) {
        var session = new WebSession(address);
        var csrf = CSRF.matcher(session.send("GET", "/login", null, "text/html").body());
        if (!csrf.find()) {
            throw new AssertionError("no token on the sign-in page");
        }
        session.idBefore = session.id();
        var signedIn = session.send(
                "POST",
                "/login",
                "_csrf=%s&username=%s&password=%s".formatted(encoded(csrf.group(1)), login, TestPeople.PASSWORD),
                "application/x-www-form-urlencoded");
        if (signedIn.statusCode() != 302
                || signedIn.headers().firstValue("Location").orElse("").contains("error")) {
            throw new AssertionError("not signed in: " + signedIn);
        }
        session.idAfter = session.id();
        session.cookieAfter = String.join("\n", signedIn.headers().allValues("Set-Cookie"));
        session.send("GET", "/camunda/app/" + application + "/default/", null, "text/html");
        return session;
    }

    public HttpResponse<String> send(String method, String path, String body, String contentType) {
        var request = HttpRequest.newBuilder(URI.create(address + path))
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body))
                .header("Content-Type", contentType)
                .header("Accept", "text/html".equals(contentType) ? "text/html" : "application/json, */*");
        cookies.getCookieStore().getCookies().stream()
                .filter(cookie -> cookie.getName().equals("XSRF-TOKEN"))
                .map(HttpCookie::getValue)
                .findFirst()
                .ifPresent(token -> request.header("X-XSRF-TOKEN", token));
        return exchange(request);
    }

    /** As a page of another site would have the browser do it: cookies go along, tokens do not. */
    public HttpResponse<String> sendWithoutTokens(String method, String path, String body) {
        return exchange(HttpRequest.newBuilder(URI.create(address + path))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Origin", "https://elsewhere.example"));
    }

    /** The session's number before signing in. */
    public String idBefore() {
        return idBefore;
    }

    public String idAfter() {
        return idAfter;
    }

    /** Cookies as they were set when signing in. */
    public String cookieAfter() {
        return cookieAfter;
    }

    private String id() {
        return cookies.getCookieStore().getCookies().stream()
                .filter(cookie -> cookie.getName().equals("PATCHBOARD"))
                .map(HttpCookie::getValue)
                .findFirst()
                .orElse("");
    }

    private HttpResponse<String> exchange(HttpRequest.Builder request) {
        try {
            return browser.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
