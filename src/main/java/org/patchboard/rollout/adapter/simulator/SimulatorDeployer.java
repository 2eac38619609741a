package org.patchboard.rollout.adapter.simulator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Optional;
import org.patchboard.rollout.spi.Deployer;
import org.patchboard.shared.AssetId;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Simulated hosts: no machine is ever touched. Answers at once and always the same: a host whose name contains
 * {@code -broken} fails to install (but can be put back), {@code -stuck} fails to install and to be put back,
 * {@code -unreachable} cannot be reached, {@code -reboot} waits for a restart afterwards unless one was ordered; every
 * other succeeds. The simulator's probe sees what was done here.
 */
@Component
class SimulatorDeployer implements Deployer {

    private final JdbcClient jdbc;
    private final ObjectMapper json;

    SimulatorDeployer(JdbcClient jdbc, ObjectMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    @Override
    public String product() {
        return "simulator";
    }

    @Override
    public Optional<Report> lookUp(Order order) {
        return jdbc.sql("select report from simulated_order where key = ?")
                .param(order.key())
                .query(String.class)
                .optional()
                .map(this::read);
    }

    @Override
    public Report carryOut(Order order, Duration patience) {
        return lookUp(order).orElseGet(() -> simulate(order));
    }

    private Report simulate(Order order) {
        var hosts = new LinkedHashMap<AssetId, HostResult>();
        var log = new StringBuilder("SIMULATOR: no real host was touched. Order " + order.key() + "\n");
        for (var target : order.targets()) {
            var result = result(order, target);
            hosts.put(target.host().asset(), result);
            log.append("simulated ")
                    .append(target.host().name())
                    .append(": ")
                    .append(result.detail())
                    .append('\n');
            if (result.state() == State.DONE && order.action() != Action.DRY_RUN) {
                target.steps().forEach(step -> put(target.host().asset(), step, result.rebootPending()));
            }
        }
        var report = new Report(hosts, log.toString());
        jdbc.sql("insert into simulated_order (key, report) values (?, ?::jsonb) on conflict do nothing")
                .param(order.key())
                .param(write(report))
                .update();
        return report;
    }

    private static HostResult result(Order order, Target target) {
        var name = target.host().name();
        if (name.contains("-unreachable")) {
            return new HostResult(State.UNREACHABLE, false, "simulated: no route to host");
        }
        if (order.action() == Action.DRY_RUN) {
            return new HostResult(State.DONE, false, "simulated: would change " + names(target));
        }
        if (name.contains("-stuck") || order.action() == Action.INSTALL && name.contains("-broken")) {
            return new HostResult(
                    State.FAILED, false, "simulated: post-installation script of " + names(target) + " failed");
        }
        var pending = name.contains("-reboot") && order.reboot() == RebootPolicy.NEVER;
        return new HostResult(State.DONE, pending, "simulated: " + names(target) + " in place");
    }

    private static String names(Target target) {
        return String.join(
                ", ",
                target.steps().stream()
                        .map(step -> step.name() + " " + step.version())
                        .toList());
    }

    private void put(AssetId asset, Step step, boolean rebootPending) {
        jdbc.sql("""
                        insert into simulated_host (asset, ecosystem, package, version, reboot_pending)
                        values (?, ?, ?, ?, ?)
                        on conflict (asset, ecosystem, package)
                        do update set version = excluded.version, reboot_pending = excluded.reboot_pending""")
                .param(asset.value())
                .param(step.ecosystem())
                .param(step.name())
                .param(step.version())
                .param(rebootPending)
                .update();
    }

    private String write(Report report) {
        var root = json.createObjectNode().put("log", report.log());
        var hosts = root.putObject("hosts");
        report.hosts()
                .forEach((asset, result) -> hosts.putObject(Long.toString(asset.value()))
                        .put("state", result.state().name())
                        .put("rebootPending", result.rebootPending())
                        .put("detail", result.detail()));
        return root.toString();
    }

    private Report read(String text) {
        try {
            var root = json.readTree(text);
            var hosts = new LinkedHashMap<AssetId, HostResult>();
            for (var host : root.path("hosts").properties()) {
                hosts.put(new AssetId(Long.parseLong(host.getKey())), result(host.getValue()));
            }
            return new Report(hosts, root.path("log").asText());
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a simulated order cannot be read back", e);
        }
    }

    private static HostResult result(JsonNode host) {
        return new HostResult(
                State.valueOf(host.path("state").asText()),
                host.path("rebootPending").asBoolean(),
                host.path("detail").asText());
    }
}
