package sherd.bench.crash;

import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/** Appends rows to a log table over HTTP, one request after the other. The key of a step is the request. */
final class LineWriter implements Writer {
    private static final Map<String, String> WHOLE = Map.of("rows", "all, once");

    private final String name;
    private final History history;
    private final SplittableRandom random;
    private final AtomicLong ticks;
    private final Map<String, Integer> sizes = new HashMap<>();
    private final List<Finding> findings = new ArrayList<>();
    private long requests;

    /** @param ticks shared by all, so that no two rows have one time */
    LineWriter(String name, SplittableRandom random, AtomicLong ticks) {
        this.name = name;
        this.history = new History(name);
        this.random = random;
        this.ticks = ticks;
    }

    @Override
    public History history() {
        return history;
    }

    @Override
    public void write(NodeProcess node) throws IOException, WrongAnswerException {
        try (var web = new Web(node.http())) {
            while (true) {
                append(web);
            }
        }
    }

    private void append(Web web) throws IOException, WrongAnswerException {
        int rows = 1 + random.nextInt(random.nextInt(20) == 0 ? 400 : 10);
        long request = ++requests;
        long tick = ticks.getAndAdd(rows);
        var body = new StringBuilder();
        for (int row = 1; row <= rows; row++) {
            body.append(new Lines.Place(name, request, row, rows, tick + row - 1).json());
        }
        var key = "q" + request;
        sizes.put(key, rows);
        history.sent(key, WHOLE, System.nanoTime());
        var answer = web.send("POST", LineReader.TABLE + "/rows", Web.ROWS, body.toString());
        if (answer.statusCode() != 200 || !answer.body().contains("\"rows\":" + rows)) {
            throw new WrongAnswerException(name + ": request " + request + " of " + rows + " rows was answered "
                    + answer.statusCode() + " " + answer.body());
        }
        history.acknowledged("", System.nanoTime());
    }

    @Override
    public Map<String, Seen> read(NodeProcess node) throws IOException {
        findings.clear();
        try (var web = new Web(node.http())) {
            var requests = new HashMap<String, BitSet>();
            for (var row : LineReader.read(web, ticks.get())) {
                take(row, requests);
            }
            var seen = new HashMap<String, Seen>();
            requests.forEach((key, rows) -> seen.put(key, seen(key, rows)));
            return seen;
        }
    }

    private void take(LineReader.Row row, Map<String, BitSet> requests) {
        var place = Lines.Place.of(row.line());
        if (place == null || !place.line().equals(row.line()) || place.millis() != row.millis()) {
            alien("a row that was never sent: " + row);
            return;
        }
        if (!place.writer().equals(name)) {
            return;
        }
        var rows = requests.computeIfAbsent("q" + place.request(), _ -> new BitSet());
        if (rows.get(place.row())) {
            alien("a row is there twice: " + row);
        }
        rows.set(place.row());
    }

    private void alien(String text) {
        findings.add(new Finding(Finding.Kind.ALIEN, name + ": " + text));
    }

    private Seen seen(String key, BitSet rows) {
        int expected = sizes.getOrDefault(key, 0);
        boolean whole = rows.cardinality() == expected && rows.length() == expected + 1 && !rows.get(0);
        return new Seen(
                whole ? WHOLE : Map.of("rows", rows.cardinality() + " of " + expected + ", numbers " + rows), "");
    }

    @Override
    public void settle(Map<String, Seen> seen, int cut) {
        history.settle(seen, cut);
    }

    @Override
    public List<Finding> findings() {
        return List.copyOf(findings);
    }
}
