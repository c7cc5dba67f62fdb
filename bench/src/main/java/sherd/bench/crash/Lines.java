package sherd.bench.crash;

import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The rows of log requests. A row's text follows from who sent it, so that what is read back can be told from what was
 * never sent without keeping it.
 */
final class Lines {
    /** When the first row says it happened; each row is a millisecond later than the one before. */
    static final long FIRST_MILLIS = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();

    /** What the log table keeps: a year more than all rows that writers send; aged ones are older, whenever this runs. */
    static final String RETENTION = retention();

    private static final long AGED_MILLIS =
            Instant.parse("2001-01-01T00:00:00Z").toEpochMilli();

    private static final Pattern FORM = Pattern.compile("(\\w+) q(\\d+) r(\\d+)of(\\d+) t(\\d+) [a-z ]+");
    private static final String[] WORDS = {"disk", "shard", "route", "page", "segment", "vector", "query", "node"};

    private Lines() {}

    private static String retention() {
        return Duration.between(Instant.ofEpochMilli(FIRST_MILLIS), Instant.now())
                        .toDays() + 365 + "d";
    }

    /** A row, as JSON, that the table does not keep. */
    static String aged(long number) {
        return "{\"ts\":" + (AGED_MILLIS + number) + ",\"line\":\"aged " + number + "\"}\n";
    }

    /** Where a row belongs. */
    record Place(String writer, long request, int row, int rows, long tick) {
        static @Nullable Place of(String line) {
            Matcher form = FORM.matcher(line);
            if (!form.matches()) {
                return null;
            }
            return new Place(
                    form.group(1),
                    Long.parseLong(form.group(2)),
                    Integer.parseInt(form.group(3)),
                    Integer.parseInt(form.group(4)),
                    Long.parseLong(form.group(5)));
        }

        String line() {
            var text = new StringBuilder(writer + " q" + request + " r" + row + "of" + rows + " t" + tick);
            var random = new SplittableRandom(request * 1_000_003 + row);
            int words = 1 + random.nextInt(30);
            for (int i = 0; i < words; i++) {
                text.append(' ').append(WORDS[random.nextInt(WORDS.length)]);
            }
            return text.toString();
        }

        String json() {
            return "{\"ts\":" + millis() + ",\"line\":\"" + line() + "\"}\n";
        }

        long millis() {
            return FIRST_MILLIS + tick;
        }
    }
}
