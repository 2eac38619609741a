package org.patchboard.rollout;

import java.util.List;
import org.patchboard.shared.ChangeId;
import org.springframework.context.ApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Runs queued work on hosts in a test, the way a node does: picks a row, runs it, removes it; a row whose work throws
 * stays. Also work that is not due yet is run.
 */
public final class HostWorkByHand {

    private final List<DurableHostWork> kinds;
    private final JdbcClient jdbc;

    public HostWorkByHand(ApplicationContext context) {
        kinds = context.getBeanProvider(DurableHostWork.class).stream().toList();
        jdbc = context.getBean(JdbcClient.class);
    }

    /** Runs everything of this change until nothing is queued; returns how many pieces were run. */
    public int runAll(ChangeId change) {
        var pieces = 0;
        for (var queued = queued(change); !queued.isEmpty(); queued = queued(change)) {
            run(queued.get(0));
            pieces++;
        }
        return pieces;
    }

    /** What is queued for this change, in the order in which it is due. */
    public List<Piece> queued(ChangeId change) {
        return jdbc.sql("""
                        select task_name as work, task_instance as instance from scheduled_host_tasks
                         where task_instance like ? order by execution_time, task_instance""").param(change + ":%").query(Piece.class).list();
    }

    /** Runs one piece to its end. */
    public void run(Piece piece) {
        carryOut(pick(piece));
        jdbc.sql("delete from scheduled_host_tasks where task_name = ? and task_instance = ?")
                .param(piece.work())
                .param(piece.instance())
                .update();
    }

    /** What picking by a node does. */
    public Claim pick(Piece piece) {
        return jdbc.sql("""
                        update scheduled_host_tasks
                           set picked = true, picked_by = 'by-hand', version = version + 1, last_heartbeat = now()
                         where task_name = ? and task_instance = ?
                        returning version""")
                .param(piece.work())
                .param(piece.instance())
                .query((row, number) -> new Claim(piece.work(), piece.instance(), "by-hand", row.getLong(1)))
                .single();
    }

    /** Runs it without removing it, as a node does that dies before it can. */
    public void carryOut(Claim claim) {
        kinds.stream()
                .filter(kind -> kind.name().equals(claim.task()))
                .findFirst()
                .orElseThrow()
                .carryOut(claim);
    }

    public record Piece(String work, String instance) {}
}
