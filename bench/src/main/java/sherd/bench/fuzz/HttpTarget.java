package sherd.bench.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import sherd.engine.Engine;
import sherd.engine.time.SystemClock;
import sherd.server.http.HttpDoor;
import sherd.server.http.HttpLimits;
import sherd.server.loki.LokiApi;
import sherd.server.loki.LokiLimits;
import sherd.server.loki.Peers;
import sherd.server.observe.Observers;

/** A whole HTTP connection before a real engine; the input is all that a client sends, or a request's body. */
final class HttpTarget implements Target {
    private static final Pattern START = Pattern.compile("HTTP/1\\.1 \\d{3} .*", Pattern.DOTALL);

    private final Errors errors = new Errors();
    private final Engine engine = Samples.engine(new HeldDisk());
    private final LokiApi loki = new LokiApi(
            engine,
            new SystemClock(),
            LokiLimits.DEFAULT,
            Peers.NONE,
            Thread.ofPlatform().daemon().factory());
    private final HttpDoor door =
            HttpDoor.inProcess(engine, new SystemClock(), HttpLimits.DEFAULT, loki, Observers.none());
    private final Wire wire = new Wire(door::accept);
    private final String head;
    private final List<byte[]> seeds;
    private final List<String> words;
    private int runs;

    private HttpTarget(String head, List<byte[]> seeds, List<String> words) {
        this.head = head;
        this.seeds = seeds;
        this.words = words;
        Samples.createTables(engine);
    }

    /** The input is what comes over the connection. */
    static HttpTarget requests() {
        return new HttpTarget("", HttpSeeds.requests(), HttpSeeds.WORDS);
    }

    /** The input is what comes over a connection of HTTP/2. */
    static HttpTarget frames() {
        return new HttpTarget(Http2Seeds.PREFACE, Http2Seeds.connections(), Http2Seeds.WORDS);
    }

    /** The input is the body of a batch for the gateway. */
    static HttpTarget gateway() {
        return new HttpTarget(
                HttpSeeds.head("POST", "/api/v1/shard", "application/json"), HttpSeeds.batches(), HttpSeeds.JSON_WORDS);
    }

    /** The input is rows to append. */
    static HttpTarget rows() {
        return new HttpTarget(
                HttpSeeds.head("POST", "/api/v1/tables/logs/app/rows", "application/x-ndjson"),
                HttpSeeds.rows(),
                HttpSeeds.JSON_WORDS);
    }

    /** The input is the definition of a table. */
    static HttpTarget definition() {
        return new HttpTarget(
                HttpSeeds.head("PUT", "/api/v1/tables/default/made", "application/json"),
                HttpSeeds.definitions(),
                HttpSeeds.JSON_WORDS);
    }

    @Override
    public List<byte[]> seeds() {
        return seeds;
    }

    @Override
    public List<String> words() {
        return words;
    }

    @Override
    public void run(byte[] input) {
        byte[] received;
        var sent = switch (head) {
            case "" -> input;
            case Http2Seeds.PREFACE -> Http2Seeds.withPreface(input);
            default -> request(input);
        };
        try (var client = wire.connect()) {
            client.sendCut(sent, input);
            if (!head.isEmpty()) {
                client.await();
            }
            received = client.received();
        }
        errors.check();
        var text = new String(received, ISO_8859_1);
        Judge.holds(
                text.isEmpty()
                        || head.equals(Http2Seeds.PREFACE)
                        || START.matcher(text).matches(),
                "not HTTP: " + text);
        if (++runs % 1_000 == 0) {
            tidy();
        }
    }

    private byte[] request(byte[] body) {
        var bytes = (head + "content-length: " + body.length + "\r\n\r\n").getBytes(ISO_8859_1);
        var whole = Arrays.copyOf(bytes, bytes.length + body.length);
        System.arraycopy(body, 0, whole, bytes.length, body.length);
        return whole;
    }

    /** Takes away what inputs have made. */
    private void tidy() {
        for (var table : new ArrayList<>(engine.tables())) {
            if (table != engine.keyValue()) {
                engine.dropTable(table.definition().name());
            }
        }
        engine.flush(engine.keyValue());
        Samples.createTables(engine);
    }

    @Override
    public void close() {
        door.close();
        loki.close();
        wire.close();
        Judge.closed(engine, errors);
    }
}
