package sherd.bench.crash;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import sherd.engine.log.SyncPolicy;

/** {@code bench crash}. */
@Command(
        name = "crash",
        header =
                "Kills a node again and again while writers are busy, and verifies what it still has after each start.",
        description = {
            "Kills a real node with SIGKILL at random moments while writers are busy, starts it again on the same"
                    + " folder, and verifies what it still has: no acknowledged write may be missing beyond what the"
                    + " sync policy allows, none may be missing before one that is there, and nothing may be there that"
                    + " was never sent. Some kills hit an archive, a checkpoint, a merge or the dropping of old rows, some the start itself.",
            "Without --sync all three policies have their turn: always with all the kills, interval and os with"
                    + " a third of them.",
            "Status 0, or 1 with what is wrong; the folder is kept then."
        })
public final class CrashCommand implements Callable<Integer> {
    private static final int OTHERS_SHARE = 3;

    @Option(names = "--kills", paramLabel = "N", description = "Default: ${DEFAULT-VALUE}.")
    private int kills = 50;

    @Option(names = "--sync", paramLabel = "POLICY", description = "always, interval or os; default: each in turn.")
    private @Nullable SyncPolicy sync;

    @Option(names = "--seed", paramLabel = "N", description = "Repeats the random choices of an earlier run.")
    private @Nullable Long seed;

    @Override
    public Integer call() throws IOException {
        long start = seed == null ? new Random().nextInt(Integer.MAX_VALUE) : seed;
        System.out.println("crash: seed=" + start);
        Map<SyncPolicy, Integer> turns = sync == null
                ? Map.of(
                        SyncPolicy.ALWAYS, kills,
                        SyncPolicy.INTERVAL, share(),
                        SyncPolicy.OS, share())
                : Map.of(sync, kills);
        boolean good = true;
        for (var policy : SyncPolicy.values()) {
            if (turns.containsKey(policy)) {
                good &= turn(policy, turns.getOrDefault(policy, 0), start);
            }
        }
        return good ? 0 : 1;
    }

    private int share() {
        return (kills + OTHERS_SHARE - 1) / OTHERS_SHARE;
    }

    private static boolean turn(SyncPolicy policy, int kills, long seed) throws IOException {
        var folder = Files.createTempDirectory("sherd-crash-");
        var settings = new CrashLoop.Settings(policy, policy, kills, seed, folder);
        PrintStream out = System.out; // closing the loop leaves it open
        try (var loop = new CrashLoop(settings, out)) {
            var outcome = loop.run();
            outcome.findings().forEach(finding -> out.println("crash: " + finding));
            out.println(summary(policy, outcome, loop.tornTails()));
            out.println("crash: merges=" + loop.merges() + " retentions=" + loop.retentions());
            if (outcome.good()) {
                delete(folder);
            } else {
                out.println("crash: the folder is kept: " + folder);
            }
            return outcome.good();
        }
    }

    static String summary(SyncPolicy policy, CrashLoop.Outcome outcome, long tornTails) {
        var window = policy == SyncPolicy.ALWAYS
                ? ""
                : String.format(
                        Locale.ROOT,
                        " oldest-lost-ms=%.1f window-ms=%d",
                        outcome.oldestLostNanos() / 1e6,
                        CrashLoop.WINDOW_MILLIS);
        return String.format(
                Locale.ROOT,
                "crash: kills=%d sync=%s acknowledged=%d lost=%d%s alien=%d torn-tails=%d %s",
                outcome.kills(),
                policy.name().toLowerCase(Locale.ROOT),
                outcome.acknowledged(),
                outcome.lost(),
                window,
                outcome.findings().stream()
                        .filter(finding -> finding.kind() == Finding.Kind.ALIEN)
                        .count(),
                tornTails,
                outcome.good() ? "ok" : "BAD");
    }

    private static void delete(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
