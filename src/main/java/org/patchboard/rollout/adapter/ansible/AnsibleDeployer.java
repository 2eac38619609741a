package org.patchboard.rollout.adapter.ansible;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.patchboard.ansible.Ansible;
import org.patchboard.ansible.Machine;
import org.patchboard.ansible.Playbook;
import org.patchboard.ansible.Run;
import org.patchboard.rollout.spi.Deployer;
import org.patchboard.shared.AdapterFault;
import org.patchboard.shared.AssetId;
import org.patchboard.shared.Sha256;
import org.springframework.stereotype.Component;

/**
 * Debian packages by {@code ansible-playbook} over SSH. Each host keeps in {@code /var/lib/patchboard/orders} which orders
 * it has carried out and the largest fence of each change: an order with the same key changes nothing a second time,
 * and one with a smaller fence is refused there. A rehearsal ({@code --check}) refreshes the host's list of packages
 * and nothing else.
 */
@Component
public class AnsibleDeployer implements Deployer {

    /** Debian Policy 5.6.7; APT names an architecture after a colon. */
    private static final Pattern PACKAGE = Pattern.compile("[a-z0-9][a-z0-9+.-]+(:[a-z0-9-]+)?");

    /** Debian Policy 5.6.12. */
    private static final Pattern VERSION = Pattern.compile("[0-9][A-Za-z0-9.+:~-]*");

    private static final Pattern DIGEST = Pattern.compile("[A-Za-z0-9:._-]*");

    /** For all hosts together; what is not known by then is ordered again. */
    private static final Duration LOOK_UP = Duration.ofMinutes(5);

    private final Ansible ansible;

    public AnsibleDeployer(Ansible ansible) {
        this.ansible = ansible;
    }

    @Override
    public String product() {
        return "ansible";
    }

    /**
     * Asks the hosts, for Ansible keeps no record of its own. Empty, too, as long as one of them did not come to the
     * order's end or does not answer: giving the order again is safe, and only goes on where it was interrupted.
     */
    @Override
    public Optional<Report> lookUp(Order order) {
        if (order.action() == Action.DRY_RUN) {
            return Optional.empty();
        }
        var run = ansible.play(Playbook.LOOK_UP, machines(order), variables(order), false, LOOK_UP);
        var hosts = new LinkedHashMap<AssetId, HostResult>();
        for (var target : order.targets()) {
            var asset = target.host().asset();
            Verdict.remembered(target, run.of(asset)).ifPresent(result -> hosts.put(asset, result));
        }
        return hosts.size() == order.targets().size() ? Optional.of(new Report(hosts, run.log())) : Optional.empty();
    }

    @Override
    public Report carryOut(Order order, Duration patience) {
        var run = ansible.play(
                Playbook.ROLL_OUT, machines(order), variables(order), order.action() == Action.DRY_RUN, patience);
        var hosts = new LinkedHashMap<AssetId, HostResult>();
        for (var target : order.targets()) {
            var asset = target.host().asset();
            hosts.put(asset, Verdict.on(target, order.action(), run.of(asset), run.inTime()));
        }
        return new Report(hosts, run.log() + said(order, run));
    }

    /** What the package managers said, which Ansible shows only of failures. */
    private static String said(Order order, Run run) {
        var said = new StringBuilder();
        for (var target : order.targets()) {
            for (var event : run.of(target.host().asset())) {
                if (event.task().equals("packages")) {
                    said.append("\n== ").append(target.host().name()).append(": package manager\n");
                    event.text("stdout")
                            .lines()
                            .filter(line -> !line.startsWith("(Reading database ..."))
                            .forEach(line -> said.append(line).append('\n'));
                    said.append(event.text("stderr"));
                }
            }
        }
        return said.toString();
    }

    private static List<Machine> machines(Order order) {
        return order.targets().stream().map(AnsibleDeployer::machine).toList();
    }

    private static Machine machine(Target target) {
        return new Machine(
                target.host(),
                Map.of(
                        "patchboard_packages",
                        target.steps().stream().map(AnsibleDeployer::wanted).toList()));
    }

    private static String wanted(Step step) {
        if (!step.ecosystem().equals("deb")) {
            throw AdapterFault.permanentFault("the deployer ansible installs Debian packages, not " + step.ecosystem()
                    + ": give " + step.name() + " to another deployer");
        }
        if (!PACKAGE.matcher(step.name()).matches()) {
            throw AdapterFault.permanentFault("not a name of a Debian package: " + step.name());
        }
        if (!VERSION.matcher(step.version()).matches()) {
            throw AdapterFault.permanentFault(
                    "not a version of a Debian package: " + step.version() + " of " + step.name());
        }
        return step.name() + "=" + step.version();
    }

    private static Map<String, Object> variables(Order order) {
        if (!DIGEST.matcher(order.digest()).matches()) {
            throw AdapterFault.permanentFault("not the digest of a plan: " + order.digest());
        }
        return Map.of(
                "patchboard_change", order.change().value(),
                "patchboard_key", Sha256.hex(order.key()),
                "patchboard_fence", Long.toString(order.fence()),
                "patchboard_note", note(order),
                "patchboard_back_out", order.action() == Action.BACK_OUT,
                "patchboard_reboot", order.reboot().name());
    }

    /** What a host's administrator finds there. */
    private static String note(Order order) {
        var note = new LinkedHashMap<String, Object>();
        note.put("change", order.change().value());
        note.put("revision", order.revision());
        note.put("ring", order.ring());
        note.put("action", order.action().name());
        note.put("plan", order.digest());
        note.put("fence", order.fence());
        note.put("release", order.release().id().toString());
        try {
            return JsonMapper.builder().build().writeValueAsString(note);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
