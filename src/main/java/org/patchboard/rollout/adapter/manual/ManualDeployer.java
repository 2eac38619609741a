package org.patchboard.rollout.adapter.manual;

import static java.util.stream.Collectors.joining;

import java.time.Duration;
import java.util.Optional;
import java.util.TreeMap;
import org.patchboard.rollout.spi.Deployer;
import org.patchboard.shared.AssetId;
import org.springframework.stereotype.Component;

/**
 * Leaves the hosts to a person, who is given a task. Touches nothing itself, so an order may be repeated; there is
 * nothing to try beforehand, so a dry run only says what the person will be asked to do.
 */
@Component
class ManualDeployer implements Deployer {

    @Override
    public String product() {
        return "manual";
    }

    @Override
    public Optional<Report> lookUp(Order order) {
        return Optional.empty();
    }

    @Override
    public Report carryOut(Order order, Duration patience) {
        var state = order.action() == Action.DRY_RUN ? State.DONE : State.AWAITS_PERSON;
        var hosts = new TreeMap<AssetId, HostResult>(java.util.Comparator.comparing(AssetId::value));
        for (var target : order.targets()) {
            hosts.put(target.host().asset(), new HostResult(state, false, words(order.action(), target)));
        }
        var log = order.targets().stream()
                .map(target -> target.host().name() + ": " + words(order.action(), target))
                .collect(joining("\n"));
        return new Report(hosts, "Given to a person:\n" + log + "\n");
    }

    private static String words(Action action, Target target) {
        var steps = target.steps().stream()
                .map(step -> step.name() + " " + step.version())
                .collect(joining(", "));
        return switch (action) {
            case DRY_RUN -> "a person will be asked to install " + steps;
            case INSTALL -> "a person installs " + steps;
            case BACK_OUT -> "a person puts back " + steps;
        };
    }
}
