package org.patchboard.web;

import java.security.Principal;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.patchboard.audit.Seals;
import org.patchboard.change.Changes;
import org.patchboard.change.EvidenceFiles;
import org.patchboard.change.Plans;
import org.patchboard.identity.Duties;
import org.patchboard.identity.People;
import org.patchboard.lifecycle.engine.Emergencies;
import org.patchboard.lifecycle.engine.ProcessPictures;
import org.patchboard.lifecycle.engine.Waiting;
import org.patchboard.report.ChangeStory;
import org.patchboard.report.Overview;
import org.patchboard.shared.ChangeId;
import org.patchboard.shared.Refusal;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.core.env.Environment;
import org.springframework.core.env.Profiles;
import org.springframework.stereotype.Controller;
import org.springframework.ui.Model;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;

/** Sign-in, the first page, the list of changes and one change. */
@Controller
class Pages implements Page {

    private static final int PAGE = 25;

    private final Overview overview;
    private final Changes changes;
    private final ChangeStory story;
    private final Plans plans;
    private final EvidenceFiles files;
    private final Duties duties;
    private final Waiting waiting;
    private final ProcessPictures pictures;
    private final People people;
    private final Seals seals;
    private final Emergencies emergencies;
    private final boolean demo;
    private final Clock clock;
    private final Duration patience;

    Pages(
            Overview overview,
            Changes changes,
            ChangeStory story,
            Plans plans,
            EvidenceFiles files,
            Duties duties,
            Waiting waiting,
            ProcessPictures pictures,
            People people,
            Seals seals,
            Emergencies emergencies,
            Environment environment,
            Clock clock,
            @Value("${patchboard.rollout.patience:PT30M}") Duration patience) {
        this.overview = overview;
        this.changes = changes;
        this.story = story;
        this.plans = plans;
        this.files = files;
        this.duties = duties;
        this.waiting = waiting;
        this.pictures = pictures;
        this.people = people;
        this.seals = seals;
        this.emergencies = emergencies;
        this.clock = clock;
        this.patience = patience;
        this.demo = environment.acceptsProfiles(Profiles.of("demo"));
    }

    /** Who is who, in a demonstration only. */
    record Cast(String login, String name, String roles) {}

    @GetMapping("/login")
    String login(Model model) {
        model.addAttribute("cast", demo ? cast() : List.of());
        return "login";
    }

    private List<Cast> cast() {
        return people
                .persons(
                        new People.PersonFilter(null, null, null, null, null, null, null),
                        new People.Part("p.login", 0, 50))
                .stream()
                .map(person -> new Cast(
                        person.login(),
                        person.name(),
                        String.join(
                                "; ",
                                people
                                        .teams(
                                                new People.TeamFilter(null, null, null, null, person.login()),
                                                new People.Part("t.id", 0, 50))
                                        .stream()
                                        .map(team -> team.purpose())
                                        .toList())))
                .toList();
    }

    @GetMapping("/")
    String home(Model model, Principal principal) {
        var groups = people.teamsOf(principal.getName()).orElse(List.of());
        model.addAttribute("mine", waiting.mine(principal.getName(), groups));
        model.addAttribute("late", overview.late());
        model.addAttribute("recent", overview.recent());
        model.addAttribute("figures", overview.figures());
        model.addAttribute("states", overview.byState());
        return "home";
    }

    @GetMapping("/changes")
    String changes(
            Model model,
            @ModelAttribute("groups") List<String> groups,
            @RequestParam(defaultValue = "") String state,
            @RequestParam(defaultValue = "") String priority,
            @RequestParam(defaultValue = "") String text,
            @RequestParam(defaultValue = "0") int page) {
        model.addAttribute(
                "changes",
                changes.page(new Changes.ChangeFilter(some(state), some(priority), null, some(text)), page, PAGE));
        model.addAttribute("state", state);
        model.addAttribute("priority", priority);
        model.addAttribute("text", text);
        model.addAttribute("mayOpen", groups.stream().anyMatch(ChangeActions.REQUESTERS::contains));
        return "changes";
    }

    @GetMapping("/changes/{id}")
    String change(
            Model model, Principal principal, @ModelAttribute("groups") List<String> groups, @PathVariable String id) {
        var change = idOf(id);
        var record = changes.get(change);
        model.addAttribute("change", record);
        var step = emergencies.step(change).orElse(null);
        model.addAttribute("glassStep", step);
        model.addAttribute("mayBreakGlass", step != null && step.isFor(principal.getName(), groups));
        model.addAttribute("glass", emergencies.broken(change).orElse(null));
        model.addAttribute(
                "mayAskException",
                record.state().isOpen() && groups.stream().anyMatch(ExceptionPages.ASKERS::contains));
        model.addAttribute(
                "mayAskLicence",
                "completed".equals(record.outcome()) && groups.stream().anyMatch(LicencePages.PROPOSERS::contains));
        model.addAttribute("sealedAt", seals.sealedAt(change).orElse(null));
        model.addAttribute(
                "mine",
                waiting.mine(principal.getName(), groups).stream()
                        .filter(task -> task.change().equals(change.value()))
                        .map(Waiting.Mine::id)
                        .toList());
        model.addAttribute("waits", waiting.of(change));
        model.addAttribute("plan", plans.current(change).orElse(null));
        model.addAttribute("files", files.of(change));
        model.addAttribute("duties", duties.held(change));
        model.addAttribute("pictures", pictures.of(change));
        var parts = new LinkedHashMap<String, Object>();
        ChangeStory.parts().forEach(part -> parts.put(part, story.part(id, part)));
        model.addAttribute("story", parts);
        var rings = story.part(id, "rings");
        var halted = rings.stream().anyMatch(ring -> "halted".equals(ring.get("state")));
        model.addAttribute("actions", ChangeActions.of(record, halted, groups));
        model.addAttribute("slow", slow(rings));
        model.addAttribute("patience", patience);
        return "change";
    }

    /** Names of rings that run longer than their deployer may take, the queue before it included. */
    private List<String> slow(List<Map<String, Object>> rings) {
        var since = clock.instant().minus(patience.multipliedBy(2));
        return rings.stream()
                .filter(ring -> "running".equals(ring.get("state")))
                .filter(ring -> ring.get("started_at") instanceof Timestamp started
                        && started.toInstant().isBefore(since))
                .map(ring -> "%s %s".formatted(ring.get("number"), ring.get("name")))
                .toList();
    }

    static ChangeId idOf(String id) {
        try {
            return new ChangeId(id);
        } catch (IllegalArgumentException e) {
            throw Refusal.unknown("There is no change " + id + ".");
        }
    }

    private static @Nullable String some(String text) {
        return text.isBlank() ? null : text;
    }
}
