package sherd.bench.crash;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import sherd.bench.crash.Finding.Kind;
import sherd.engine.Engine;
import sherd.engine.disk.LocalDisk;
import sherd.engine.log.SyncPolicy;

/**
 * Kills a node under load again and again, on one folder, under one sync policy. After each kill the folder is checked
 * while nobody has it; then, sometimes, the node is killed once more while it starts; then it is started and all that
 * was ever written is read back and judged.
 */
final class CrashLoop implements AutoCloseable {
    /**
     * What SIGKILL may take where acknowledgements do not wait: 2 ms that a batch waits for company, and however long
     * the one write or fsync of the log under way takes. No bound can be given for the latter; this is far above what a
     * sound disk needs, and what was really lost is printed.
     */
    static final long WINDOW_MILLIS = 1_000;

    private static final int KEY_WRITERS = 4;
    private static final int LINE_WRITERS = 2;
    private static final int LEAST_MILLIS = 50;
    private static final int MOST_MILLIS = 900;
    private static final int ARCHIVING_MILLIS = 30;

    private final Settings settings;
    private final PrintStream out;
    private final SplittableRandom random;
    private final Disturber disturber;
    private final AtomicLong ticks = new AtomicLong();
    private final List<Writer> writers = new ArrayList<>();
    private final List<Finding> findings = new ArrayList<>();
    /** Lines about kills that are told after the one whose recovery they cut short. */
    private final List<String> startKills = new ArrayList<>();

    private final Thread atExit = new Thread(this::killNode, "crash-exit");
    private volatile @Nullable NodeProcess node;
    private int done;
    private long acknowledged;
    private long lost;
    private long oldestLostNanos;
    private long startMillis = 1_000;

    /**
     * How a loop runs.
     *
     * @param sync the node's policy
     * @param promised the policy by which it is judged: a stricter one must be found broken
     * @param folder of this loop's own; the node's data and log go there
     */
    record Settings(SyncPolicy sync, SyncPolicy promised, int kills, long seed, Path folder) {}

    CrashLoop(Settings settings, PrintStream out) {
        this.settings = settings;
        this.out = out;
        this.random = new SplittableRandom(settings.seed());
        this.disturber = new Disturber(random.split());
        for (int i = 0; i < KEY_WRITERS; i++) {
            writers.add(new KeyWriter("w" + i, random.split()));
        }
        for (int i = 0; i < LINE_WRITERS; i++) {
            writers.add(new LineWriter("v" + i, random.split(), ticks));
        }
        Runtime.getRuntime().addShutdownHook(atExit);
    }

    /**
     * What all kills together came to.
     *
     * @param lost acknowledged writes that are gone, allowed or not
     */
    record Outcome(int kills, long acknowledged, long lost, long oldestLostNanos, List<Finding> findings) {
        boolean good() {
            return findings.isEmpty();
        }
    }

    Outcome run() throws IOException {
        createTables(start());
        while (done < settings.kills() && findings.isEmpty()) {
            round(running());
        }
        startKills.forEach(out::println); // of a recovery that never came to be verified
        killNode();
        if (findings.isEmpty()) {
            checkFolder();
        }
        return new Outcome(done, acknowledged, lost, oldestLostNanos, List.copyOf(findings));
    }

    private void round(NodeProcess running) throws IOException {
        boolean archiving = random.nextBoolean();
        long began = System.nanoTime();
        long killed;
        try (var load = new Load()) {
            for (var writer : writers) {
                load.start(writer.history().writer(), running, writer::write);
            }
            load.start("disturber", running, disturber::disturb);
            park(LEAST_MILLIS + random.nextInt(MOST_MILLIS - LEAST_MILLIS));
            if (archiving) {
                awaitArchiving(load);
                park(random.nextInt(ARCHIVING_MILLIS));
            }
            archiving = disturber.archiving();
            killed = System.nanoTime();
            running.kill();
            findings.addAll(load.join(killed));
        } finally {
            killNode();
        }
        done++;
        int number = done;
        checkFolder();
        killWhileStarting();
        if (findings.isEmpty()) {
            verify(
                    start(),
                    killed,
                    String.format(
                            Locale.ROOT,
                            "%d of %d: %s after %d ms",
                            number,
                            settings.kills(),
                            archiving ? "archiving" : "writing",
                            TimeUnit.NANOSECONDS.toMillis(killed - began)));
        }
    }

    private void awaitArchiving(Load load) {
        for (int i = 0; i < MOST_MILLIS && !disturber.archiving() && !load.broken(); i++) {
            park(1);
        }
    }

    private static void park(long millis) {
        long until = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        for (long left = until - System.nanoTime(); left > 0; left = until - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    /** A recovery that is itself cut short must not cost anything. */
    private void killWhileStarting() throws IOException {
        while (done < settings.kills() && findings.isEmpty() && random.nextInt(4) == 0) {
            long after = 1 + random.nextLong(startMillis);
            node = NodeProcess.start(data(), log(), settings.sync());
            park(after);
            killNode();
            done++;
            startKills.add(String.format(
                    Locale.ROOT, "crash: kill %d of %d: starting after %d ms", done, settings.kills(), after));
            checkFolder();
        }
    }

    private NodeProcess start() throws IOException {
        long began = System.nanoTime();
        var started = NodeProcess.start(data(), log(), settings.sync());
        node = started;
        started.awaitReady();
        startMillis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
        return started;
    }

    private NodeProcess running() {
        var running = node;
        if (running == null) {
            throw new IllegalStateException("no node runs");
        }
        return running;
    }

    private static void createTables(NodeProcess node) throws IOException {
        try (var web = new Web(node.http())) {
            for (var lines : List.of(LineReader.TABLE, LineReader.AGED_TABLE)) {
                create(web, lines, "{\"kind\":\"log\",\"archive\":{\"retention\":\"" + Lines.RETENTION + "\"}}");
            }
            create(web, "/api/v1/tables/default/" + Shape.ROW_TABLE, """
                    {"kind":"record","key":["id"],"columns":[{"name":"id","type":"string"},\
                    {"name":"n","type":"int64"},{"name":"note","type":"string"}]}""");
        }
    }

    private static void create(Web web, String path, String table) throws IOException {
        var answer = web.send("PUT", path, Web.JSON, table);
        if (answer.statusCode() != 201) {
            throw new IOException("the table could not be created: " + path + " " + answer.body());
        }
    }

    /** As {@code sherd check} does. */
    private void checkFolder() throws IOException {
        for (var fault : Engine.check(new LocalDisk(data()))) {
            findings.add(new Finding(Kind.FAULT, fault.toString()));
        }
    }

    private void verify(NodeProcess started, long killed, String moment) throws IOException {
        var judge = new Judge(killed, windowNanos());
        var histories = new ArrayList<History>();
        var verdicts = new ArrayList<Verdict>();
        Map<Writer, Map<String, Seen>> all = new HashMap<>();
        for (var writer : writers) {
            var seen = writer.read(started);
            all.put(writer, seen);
            histories.add(writer.history());
            verdicts.add(judge.judge(writer.history(), seen));
            findings.addAll(writer.findings());
        }
        verdicts.forEach(verdict -> findings.addAll(verdict.findings()));
        judgeAged(started);
        findings.addAll(Judge.judgeOrder(histories, verdicts));
        print(moment, verdicts);
        if (findings.isEmpty()) {
            for (int i = 0; i < writers.size(); i++) {
                var writer = writers.get(i);
                writer.settle(
                        all.getOrDefault(writer, Map.of()), verdicts.get(i).most());
            }
        }
    }

    /** Nobody promises that they are there or gone; but none is there twice. */
    private void judgeAged(NodeProcess started) throws IOException {
        try (var web = new Web(started.http())) {
            long left = LineReader.aged(web);
            if (left > disturber.aged()) {
                findings.add(new Finding(
                        Kind.ALIEN, "aged rows are there more than once: sent=" + disturber.aged() + " there=" + left));
            }
        }
    }

    private long windowNanos() {
        return switch (settings.promised()) {
            case ALWAYS -> Judge.NO_LOSS;
            case INTERVAL, OS -> TimeUnit.MILLISECONDS.toNanos(WINDOW_MILLIS);
        };
    }

    private void print(String moment, List<Verdict> verdicts) {
        long acknowledgedNow =
                verdicts.stream().mapToLong(Verdict::acknowledged).sum();
        long lostNow = verdicts.stream().mapToLong(Verdict::lost).sum();
        long oldest =
                verdicts.stream().mapToLong(Verdict::oldestLostNanos).max().orElse(0);
        long open = verdicts.stream()
                .mapToLong(verdict -> verdict.sent() - verdict.acknowledged())
                .sum();
        acknowledged += acknowledgedNow;
        lost += lostNow;
        oldestLostNanos = Math.max(oldestLostNanos, oldest);
        out.printf(
                Locale.ROOT,
                "crash: kill %s: acknowledged=%d unanswered=%d lost=%d%s restart=%d ms%n",
                moment,
                acknowledgedNow,
                open,
                lostNow,
                lostNow == 0 ? "" : String.format(Locale.ROOT, " (oldest %.1f ms)", oldest / 1e6),
                startMillis);
        startKills.forEach(out::println);
        startKills.clear();
    }

    private Path data() {
        return settings.folder().resolve("data");
    }

    private Path log() {
        return settings.folder().resolve("node.log");
    }

    /** How often a start found a log whose last write had not been finished. */
    long tornTails() throws IOException {
        return logged("torn tail of the log cut");
    }

    long merges() throws IOException {
        return logged("merge done:");
    }

    long retentions() throws IOException {
        return logged("retention done:");
    }

    private long logged(String words) throws IOException {
        try (var lines = Files.lines(log())) {
            return lines.filter(line -> line.contains(words)).count();
        }
    }

    private void killNode() {
        var running = node;
        if (running != null) {
            try {
                running.kill();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Override
    public void close() {
        killNode();
        Runtime.getRuntime().removeShutdownHook(atExit);
    }
}
