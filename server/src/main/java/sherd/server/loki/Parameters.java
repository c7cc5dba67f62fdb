package sherd.server.loki;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import sherd.server.loki.logql.Expr;

/** What a question says, with what is meant where it says nothing. */
final class Parameters {
    private static final int USUAL_LIMIT = 100;
    private static final long HOUR = 3600 * Nanos.SECOND;
    private static final long USUAL_STEPS = 250;

    private final Map<String, List<String>> given;
    private final long now;
    private final long usualSince;

    private Parameters(Map<String, List<String>> given, long nowMillis, long usualSince) {
        this.given = given;
        this.now = nowMillis * Nanos.MILLI;
        this.usualSince = usualSince;
    }

    /** Of a question about rows: the last hour. */
    static Parameters forRows(LokiRequest request, long nowMillis) {
        return new Parameters(request.parameters(), nowMillis, HOUR);
    }

    /** Of a question about labels: the last six hours. */
    static Parameters forLabels(LokiRequest request, long nowMillis) {
        return new Parameters(request.parameters(), nowMillis, 6 * HOUR);
    }

    /** The last value given, empty if there is none. */
    String text(String name) {
        var values = given.get(name);
        return values == null ? "" : values.getLast();
    }

    List<String> all(String name) {
        return given.getOrDefault(name, List.of());
    }

    Expr query() {
        var text = text("query");
        if (text.isEmpty()) {
            throw LokiException.bad("parse error : syntax error: unexpected $end; the parameter 'query' is missing");
        }
        return Expr.parse(text);
    }

    /** Of an instant query. */
    long time() {
        return text("time").isEmpty() ? now : Nanos.parse("time", text("time"));
    }

    long end() {
        return text("end").isEmpty() ? now : Nanos.parse("end", text("end"));
    }

    long start() {
        if (!text("start").isEmpty()) {
            return Nanos.parse("start", text("start"));
        }
        long since = text("since").isEmpty() ? usualSince : Nanos.duration("since", text("since"));
        return Nanos.add(Math.min(end(), now), -since);
    }

    void requireOrder() {
        if (start() > end()) {
            throw LokiException.bad("end timestamp must not be before or equal to start time");
        }
        if (end() - start() < 0) {
            throw LokiException.bad(
                    "the range of time is too long: start=" + start() + " end=" + end() + "; narrow it");
        }
    }

    long step() {
        if (text("step").isEmpty()) {
            long seconds = (end() - start()) / Nanos.SECOND / USUAL_STEPS;
            return Math.max(1, seconds) * Nanos.SECOND;
        }
        long step = Nanos.duration("step", text("step"));
        if (step <= 0) {
            throw LokiException.bad("zero or negative query resolution step widths are not accepted: step='"
                    + text("step") + "'; send a positive one");
        }
        return step;
    }

    boolean newestFirst() {
        return switch (text("direction").toLowerCase(java.util.Locale.ROOT)) {
            case "", "backward" -> true;
            case "forward" -> false;
            default ->
                throw LokiException.bad("invalid direction '" + text("direction") + "'; send forward or backward");
        };
    }

    int limit(int most) {
        return number("limit", USUAL_LIMIT, most);
    }

    int number(String name, int usual, int most) {
        var text = text(name);
        if (text.isEmpty()) {
            return usual;
        }
        if (!text.matches("[0-9]{1,9}")) {
            throw LokiException.bad(name + " must be a positive number: " + name + "='" + text + "'");
        }
        int number = Integer.parseInt(text);
        if (number > most) {
            throw LokiException.bad(
                    "max entries limit per query exceeded, limit > max_entries_limit (" + number + " > " + most + ")");
        }
        return number == 0 ? usual : number;
    }

    void requireNo(String name) {
        if (!text(name).isEmpty()) {
            throw LokiException.bad("the parameter '" + name + "' is not supported here; leave it out");
        }
    }

    @Nullable
    String clusters() {
        return text("clusters").isEmpty() ? null : text("clusters");
    }
}
