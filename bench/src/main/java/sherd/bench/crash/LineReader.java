package sherd.bench.crash;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** Reads all rows of the log table back, from all homes, a stretch of time after the other. */
final class LineReader {
    static final String TABLE = "/api/v1/tables/crash/lines";
    /** Gets only rows that are older than it keeps them, so that whole segments go. */
    static final String AGED_TABLE = "/api/v1/tables/crash/aged";

    /** Milliseconds, and so rows, of one request: half of what a search returns at most, so that doubles show. */
    private static final long STRETCH = 5_000;

    private static final int MOST_HITS = 10_000;
    private static final JsonFactory JSON = new JsonFactory();

    private LineReader() {}

    /** @param millis what the row says, to be held against its line */
    record Row(long millis, String line) {}

    static List<Row> read(Web web, long ticks) throws IOException {
        var rows = new ArrayList<Row>();
        for (long from = 0; from < ticks; from += STRETCH) {
            read(web, Lines.FIRST_MILLIS + from, Lines.FIRST_MILLIS + from + STRETCH, rows);
        }
        int inStretches = rows.size();
        long total = total(web, TABLE, "&from=" + Lines.FIRST_MILLIS);
        if (total != inStretches) {
            rows.add(new Row(0, "(" + total + " rows in all, " + inStretches + " at times that were sent)"));
        }
        return rows;
    }

    /** Rows older than their tables keep them that are still there. */
    static long aged(Web web) throws IOException {
        return total(web, TABLE, "&to=" + Lines.FIRST_MILLIS) + total(web, AGED_TABLE, "");
    }

    private static long total(Web web, String table, String range) throws IOException {
        var all = web.get(table + "/search?q=&limit=0" + range);
        return number(all.body(), "total");
    }

    private static void read(Web web, long from, long to, List<Row> into) throws IOException {
        var answer = web.get(TABLE + "/search?q=&from=" + from + "&to=" + to + "&limit=" + MOST_HITS);
        if (answer.statusCode() != 200) {
            throw new IOException("rows cannot be read: status=" + answer.statusCode() + " " + answer.body());
        }
        try (var json = JSON.createParser(ObjectReadContext.empty(), answer.body())) {
            while (json.nextToken() != null) {
                if (json.currentToken() == JsonToken.PROPERTY_NAME
                        && json.currentName().equals("hits")) {
                    json.nextToken();
                    hits(json, into);
                }
            }
        }
    }

    private static void hits(JsonParser json, List<Row> into) {
        while (json.nextToken() == JsonToken.START_OBJECT) {
            long millis = 0;
            var line = "";
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                var name = json.currentName();
                json.nextToken();
                switch (name) {
                    case "ts" -> millis = Instant.parse(json.getString()).toEpochMilli();
                    case "line" -> line = json.getString();
                    default -> {}
                }
            }
            into.add(new Row(millis, line));
        }
    }

    private static long number(String text, String member) throws IOException {
        try (var json = JSON.createParser(ObjectReadContext.empty(), text)) {
            while (json.nextToken() != null) {
                if (json.currentToken() == JsonToken.PROPERTY_NAME
                        && json.currentName().equals(member)) {
                    json.nextToken();
                    return json.getLongValue();
                }
            }
        }
        throw new IOException("no " + member + " in " + text);
    }
}
