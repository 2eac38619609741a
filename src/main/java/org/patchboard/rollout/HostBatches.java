package org.patchboard.rollout;

import java.time.Duration;
import java.util.List;
import org.patchboard.rollout.BatchRecords.Work;
import org.patchboard.rollout.spi.Deployer;
import org.patchboard.shared.AdapterFault;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** Hands one batch of hosts to its deployer: claimed in one transaction, ordered outside any, recorded in another. */
@Component
class HostBatches implements DurableHostWork {

    static final String NAME = "host-batch";

    private final BatchRecords records;
    private final List<Deployer> deployers;
    private final Duration patience;

    HostBatches(
            BatchRecords records,
            List<Deployer> deployers,
            @Value("${patchboard.rollout.patience:PT30M}") Duration patience) {
        this.records = records;
        this.deployers = deployers;
        this.patience = patience;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void carryOut(Claim claim) {
        var key = OrderKey.parse(claim.instance());
        records.claim(key, claim).ifPresent(work -> carryOut(key, work));
    }

    private void carryOut(OrderKey key, Work work) {
        var order = work.order();
        try {
            var deployer = deployer(work.deployer());
            var known = deployer.lookUp(order);
            if (known.isEmpty() && !work.mayStart()) {
                records.withdraw(key);
                return;
            }
            if (known.isEmpty() && work.tries() > HostWork.TRIES) {
                records.giveUp(key, order, "no result after " + HostWork.TRIES + " tries");
                return;
            }
            records.record(key, order, known.orElseGet(() -> deployer.carryOut(order, patience)));
        } catch (AdapterFault fault) {
            if (fault.isPermanent() || work.tries() >= HostWork.TRIES) {
                records.giveUp(key, order, said(fault));
                return;
            }
            records.note(key, order, said(fault));
            throw fault;
        }
    }

    private Deployer deployer(String product) {
        return deployers.stream()
                .filter(deployer -> deployer.product().equals(product))
                .findFirst()
                .orElseThrow(() -> AdapterFault.permanentFault("there is no deployer called " + product));
    }

    private static String said(AdapterFault fault) {
        var message = fault.getMessage();
        return message == null ? fault.getClass().getSimpleName() : message;
    }
}
