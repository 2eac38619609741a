package org.patchboard.rollout.adapter.manual;

import java.util.List;
import java.util.Optional;
import org.patchboard.rollout.spi.Deployer;
import org.patchboard.rollout.spi.Deployer.Step;
import org.patchboard.rollout.spi.DeployerContract;
import org.patchboard.shared.AssetId;
import org.patchboard.shared.Host;

class ManualDeployerTest extends DeployerContract {

    @Override
    protected Deployer deployer() {
        return new ManualDeployer();
    }

    @Override
    protected List<Host> hosts() {
        return List.of(
                new Host(new AssetId(1), "switch-1", "192.0.2.1"), new Host(new AssetId(2), "switch-2", "192.0.2.2"));
    }

    @Override
    protected Host unreachable() {
        return new Host(new AssetId(3), "switch-3", "192.0.2.3");
    }

    @Override
    protected Step oldStep() {
        return new Step("generic", "firmware", "17.9.4");
    }

    @Override
    protected Step newStep() {
        return new Step("generic", "firmware", "17.9.5");
    }

    @Override
    protected Optional<String> installed(Host host) {
        return Optional.empty();
    }

    @Override
    protected Answer answers() {
        return Answer.LATER;
    }
}
