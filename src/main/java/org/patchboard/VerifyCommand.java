package org.patchboard;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.patchboard.audit.BundleVerifier;
import org.patchboard.audit.CheckpointFile;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code java -jar patchboard.jar verify BUNDLE.zip}: for a stranger, without a database. */
@Command(
        name = "verify",
        mixinStandardHelpOptions = true,
        description =
                "Checks the evidence bundle of a sealed change: exit 0 when it holds, 1 with the first place that does not.")
final class VerifyCommand implements Callable<Integer> {

    @Parameters(paramLabel = "BUNDLE.zip", description = "the bundle, as downloaded from the change")
    private Path bundle = Path.of("");

    @Option(names = "--key", paramLabel = "FINGERPRINT", description = "the key it must be signed with, SHA-256 in hex")
    private @Nullable String key;

    @Option(
            names = "--checkpoint",
            paramLabel = "FILE",
            description = "a checkpoint of the trail kept elsewhere: whether the bundle is what it says")
    private @Nullable Path checkpoint;

    @CommandLine.Spec
    private CommandLine.Model.@Nullable CommandSpec spec;

    /** Runs the command and returns its exit code. */
    static int run(String... arguments) {
        return new CommandLine(new VerifyCommand()).execute(arguments);
    }

    @Override
    public Integer call() throws IOException {
        var out = spec == null
                ? new java.io.PrintWriter(System.out, true)
                : spec.commandLine().getOut();
        try (var content = Files.newInputStream(bundle)) {
            var kept = checkpoint == null ? null : CheckpointFile.read(Files.readString(checkpoint), key);
            var summary = BundleVerifier.verify(content, key, kept);
            out.printf(
                    "%s holds: %d files, %d audit rows, chain head %s%nsigned with key %s%n",
                    summary.change(), summary.files(), summary.rows(), summary.head(), summary.keyFingerprint());
            if (kept != null) {
                out.println(summary.anchored());
            }
            return 0;
        } catch (BundleVerifier.DoesNotHold e) {
            out.printf("%s does not hold: %s%n", bundle.getFileName(), e.getMessage());
            return 1;
        }
    }
}
