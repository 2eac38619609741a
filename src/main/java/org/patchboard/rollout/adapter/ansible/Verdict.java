package org.patchboard.rollout.adapter.ansible;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.patchboard.ansible.Run.Event;
import org.patchboard.ansible.Run.Outcome;
import org.patchboard.rollout.spi.Deployer.Action;
import org.patchboard.rollout.spi.Deployer.HostResult;
import org.patchboard.rollout.spi.Deployer.State;
import org.patchboard.rollout.spi.Deployer.Step;
import org.patchboard.rollout.spi.Deployer.Target;

/** Judges one host by the events of {@code roll-out.yml}; its tasks' names are the ones here. */
final class Verdict {

    private static final String BEGIN = "begin";
    private static final String PACKAGES = "packages";
    private static final String END = "end";

    private static final int LINES = 8;

    private Verdict() {}

    static HostResult on(Target target, Action action, List<Event> events, boolean inTime) {
        var lost = first(events, Outcome.UNREACHABLE, null);
        if (lost.isPresent()) {
            return unreachable(lost.get(), events, action);
        }
        var packages = first(events, Outcome.FAILED, PACKAGES);
        var other = events.stream()
                .filter(event ->
                        event.outcome() == Outcome.FAILED && !event.task().equals(PACKAGES))
                .findFirst();
        var end = first(events, Outcome.OK, END);
        if (end.isEmpty()) {
            if (other.isPresent()) {
                return failed(other.get().task() + ": " + words(other.get()));
            }
            if (packages.isPresent()) {
                return failed(words(packages.get()));
            }
            return failed(
                    inTime
                            ? "Ansible gave no result for this host: see the log"
                            : "no result in time; the package manager may still be at work there: look at the host"
                                    + " before the next order");
        }
        var seen = Seen.of(end.get().text("stdout"));
        if (packages.isPresent()) {
            return new HostResult(
                    State.FAILED,
                    seen.rebootPending(),
                    words(packages.get()) + staleLists(events) + "\nnow on the host: " + seen.sentence(target.steps()));
        }
        if (action == Action.DRY_RUN) {
            return new HostResult(
                    State.DONE,
                    seen.rebootPending(),
                    rehearsed(events) + "\nnow on the host: " + seen.sentence(target.steps()));
        }
        return carriedOut(target, seen);
    }

    /** What a host remembers of an order that came to its end there. */
    static Optional<HostResult> remembered(Target target, List<Event> events) {
        return first(events, Outcome.OK, END)
                .map(end -> Seen.of(end.text("stdout")))
                .flatMap(seen -> switch (seen.order()) {
                    case "done" -> Optional.of(carriedOut(target, seen));
                    case "failed" ->
                        Optional.of(new HostResult(
                                State.FAILED,
                                seen.rebootPending(),
                                "failed before; now on the host: " + seen.sentence(target.steps())));
                    default -> Optional.empty();
                });
    }

    /** Why the version ordered may not be known there: a mirror that is away. */
    private static String staleLists(List<Event> events) {
        return first(events, Outcome.OK, BEGIN).stream()
                .flatMap(event -> event.text("stderr").lines())
                .filter(line -> line.startsWith("E: ") || line.startsWith("W: "))
                .limit(2)
                .map(line -> "\nlist of packages: " + line)
                .collect(Collectors.joining());
    }

    /** APT's own list of what it would do: Inst, Conf and Remv (apt-get(8), --simulate). */
    private static String rehearsed(List<Event> events) {
        var deeds = first(events, Outcome.OK, PACKAGES).stream()
                .flatMap(event -> event.text("stdout").lines())
                .filter(line -> line.startsWith("Inst ") || line.startsWith("Remv "))
                .toList();
        var shown = String.join("\n", deeds.stream().limit(LINES).toList());
        if (deeds.isEmpty()) {
            return "nothing would be done";
        }
        return "would be done:\n" + shown + (deeds.size() > LINES ? "\n… " + deeds.size() + " in all" : "");
    }

    private static HostResult carriedOut(Target target, Seen seen) {
        var sentence = seen.sentence(target.steps());
        if (seen.hasExactly(target.steps())) {
            return new HostResult(State.DONE, seen.rebootPending(), sentence);
        }
        var why = seen.order().equals("done")
                ? "this order was carried out before, and somebody has changed the packages since: "
                : "not what was ordered: ";
        return new HostResult(State.FAILED, seen.rebootPending(), why + sentence);
    }

    private static HostResult unreachable(Event lost, List<Event> events, Action action) {
        var why = reason(lost.text("msg"));
        var begun = events.stream().anyMatch(event -> event.outcome() == Outcome.OK);
        return begun && action != Action.DRY_RUN
                ? failed("the connection was lost at work, the host may be half done: " + why)
                : new HostResult(State.UNREACHABLE, false, why);
    }

    private static String reason(String message) {
        if (message.contains("Host key verification failed") || message.contains("HOST IDENTIFICATION HAS CHANGED")) {
            return "the host's key is not the one in the file of known hosts (patchboard.ssh.known-hosts)";
        }
        if (message.contains("Permission denied")) {
            return "the host refuses our key (patchboard.ssh.private-key)";
        }
        return message.strip();
    }

    private static HostResult failed(String detail) {
        return new HostResult(State.FAILED, false, detail);
    }

    private static Optional<Event> first(List<Event> events, Outcome outcome, @Nullable String task) {
        return events.stream()
                .filter(event -> event.outcome() == outcome
                        && (task == null || event.task().equals(task)))
                .findFirst();
    }

    /** The lines a person needs: what the package manager complained of, and what it said last before. */
    private static String words(Event event) {
        var lines = new ArrayList<String>();
        var said = event.text("stdout").lines().map(String::strip).toList();
        for (var i = 0; i < said.size(); i++) {
            if (said.get(i).startsWith("dpkg: error")) {
                var from = i;
                while (from > 0 && i - from < 3 && !said.get(from).startsWith("Setting up")) {
                    from--;
                }
                lines.addAll(said.subList(from, Math.min(i + 2, said.size())));
            }
        }
        event.text("stderr")
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .forEach(lines::add);
        if (lines.isEmpty()) {
            lines.add(event.text("msg").strip());
        }
        return String.join("\n", lines.stream().distinct().limit(LINES).toList());
    }

    /**
     * What {@code look.sh} saw.
     *
     * @param order {@code done}, {@code failed} or {@code unknown}
     * @param packages by name: version and status, or an empty text
     */
    private record Seen(String order, Map<String, String> packages, boolean rebootPending) {

        static Seen of(String said) {
            var order = "unknown";
            var packages = new LinkedHashMap<String, String>();
            for (var line : said.lines().toList()) {
                var fields = line.split("\t", 3);
                if (fields[0].equals("package") && fields.length == 3) {
                    packages.put(fields[1], fields[2].strip());
                } else if (line.startsWith("order ")) {
                    order = line.substring("order ".length());
                }
            }
            return new Seen(order, packages, said.lines().anyMatch("reboot-required"::equals));
        }

        boolean hasExactly(List<Step> steps) {
            return steps.stream().allMatch(step -> (step.version() + "\tii").equals(packages.get(step.name())));
        }

        String sentence(List<Step> steps) {
            return String.join(
                    ", ",
                    steps.stream()
                            .map(step -> {
                                var seen = packages.getOrDefault(step.name(), "");
                                return step.name() + " "
                                        + (seen.isEmpty() ? "is not there" : seen.replace("\t", " (dpkg: ") + ")");
                            })
                            .toList());
        }
    }
}
