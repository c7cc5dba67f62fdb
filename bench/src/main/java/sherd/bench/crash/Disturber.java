package sherd.bench.crash;

import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Asks a node to archive now one table, now another, until it is gone; and adds log rows that are older than their table
 * keeps them, so that segments are dropped and merges drop rows.
 */
final class Disturber {
    private static final List<String> TABLES = List.of(
            LineReader.TABLE,
            LineReader.AGED_TABLE,
            "/api/v1/tables/default/kv",
            "/api/v1/tables/default/" + Shape.ROW_TABLE);
    private static final int LONGEST_PAUSE_MILLIS = 400;

    private static final int MOST_AGED = 50;

    private final SplittableRandom random;
    private final AtomicLong aged = new AtomicLong();
    private volatile boolean archiving;

    Disturber(SplittableRandom random) {
        this.random = random;
    }

    boolean archiving() {
        return archiving;
    }

    void disturb(NodeProcess node) throws IOException, WrongAnswerException {
        try (var web = new Web(node.http())) {
            while (true) {
                LockSupport.parkNanos(1_000_000L * random.nextInt(LONGEST_PAUSE_MILLIS));
                if (random.nextBoolean()) {
                    age(web);
                }
                archive(web, TABLES.get(random.nextInt(TABLES.size())));
            }
        }
    }

    /** Aged rows sent. */
    long aged() {
        return aged.get();
    }

    private void age(Web web) throws IOException, WrongAnswerException {
        var table = random.nextBoolean() ? LineReader.TABLE : LineReader.AGED_TABLE;
        int rows = 1 + random.nextInt(MOST_AGED);
        var body = new StringBuilder();
        for (int i = 0; i < rows; i++) {
            body.append(Lines.aged(aged.incrementAndGet()));
        }
        var answer = web.send("POST", table + "/rows", Web.ROWS, body.toString());
        if (answer.statusCode() != 200) {
            throw new WrongAnswerException("aged rows were answered " + answer.statusCode() + " " + answer.body());
        }
    }

    private void archive(Web web, String table) throws IOException, WrongAnswerException {
        archiving = true;
        try {
            var answer = web.send("POST", table + "/archive", Web.JSON, "{\"older_than\":\"0s\"}");
            if (answer.statusCode() != 200) {
                throw new WrongAnswerException(
                        "archiving " + table + " was answered " + answer.statusCode() + " " + answer.body());
            }
        } finally {
            archiving = false;
        }
    }
}
