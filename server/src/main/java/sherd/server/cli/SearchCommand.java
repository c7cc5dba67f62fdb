package sherd.server.cli;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import sherd.engine.schema.TableName;

@Command(
        name = "search",
        description = {
            "Asks a node for the rows that hold words, newest first; the last line has the totals.",
            "Words are ANDed; OR, NOT, \"a phrase\", pre*, *mid*, column:value and parentheses work."
        })
final class SearchCommand implements Callable<Integer> {
    private static final Set<String> BESIDE = Set.of("ts", "segment", "row");

    @Parameters(paramLabel = "QUERY", description = "What to look for; '' finds every row.")
    private String query = "";

    @Option(names = "--table", required = true, paramLabel = "DB.TABLE", description = "Where to look.")
    @SuppressWarnings("NullAway.Init") // required, so picocli sets it
    private TableName table;

    @Option(
            names = "--from",
            paramLabel = "T",
            description = "No row before this: RFC 3339, epoch milliseconds, now-1h.")
    private @Nullable String from;

    @Option(names = "--to", paramLabel = "T", description = "No row at or after this.")
    private @Nullable String to;

    @Option(names = "--limit", paramLabel = "N", description = "How many rows to show; the total counts all.")
    private @Nullable Integer limit;

    @Option(names = "--json", description = "Print the node's answer as it is.")
    private boolean json;

    @Option(names = "--explain", description = "Also print what the search had to do.")
    private boolean explain;

    @Option(names = "--http", paramLabel = "URL", description = "The node, by default ${DEFAULT-VALUE}.")
    private URI http = URI.create(NodeClient.USUAL_URL);

    @Override
    public Integer call() {
        try (var node = new NodeClient(http)) {
            var answer = node.get(path());
            if (!answer.good()) {
                throw new BadException(answer.problem());
            }
            if (json) {
                System.out.println(answer.body().stripTrailing());
                return 0;
            }
            var result = Json.parsed(answer.body())
                    .orElseThrow(() -> new BadException("the node's answer is not JSON: " + http));
            print(result);
            return 0;
        } catch (NodeClient.NoAnswerException e) {
            throw new BadException("the node did not answer: " + http + " (" + e.getMessage() + ")", e);
        }
    }

    private String path() {
        var parameters = new ArrayList<String>();
        parameters.add("q=" + NodeClient.encoded(query));
        if (from != null) {
            parameters.add("from=" + NodeClient.encoded(from));
        }
        if (to != null) {
            parameters.add("to=" + NodeClient.encoded(to));
        }
        if (limit != null) {
            parameters.add("limit=" + limit);
        }
        if (explain) {
            parameters.add("explain=true");
        }
        return NodeClient.path(table) + "/search?" + String.join("&", parameters);
    }

    private void print(Object result) {
        var hits = Json.list(result, "hits");
        for (var hit : hits) {
            if (hit instanceof Map<?, ?> row) {
                System.out.println(line(row));
            }
        }
        if (explain) {
            explain(result);
        }
        System.out.println(totals(result, hits.size()));
        long damaged = Json.number(result, "stats", "quarantined");
        long unreachable = Json.number(result, "stats", "unreachable");
        if (damaged + unreachable > 0) {
            System.err.println("note: what is in " + damaged + " damaged segments and in " + unreachable
                    + " segments that cannot be reached is missing");
        }
    }

    private static String line(Map<?, ?> row) {
        var line = new StringBuilder(row.get("ts") == null ? "-" : String.valueOf(row.get("ts")));
        var own = new ArrayList<String>();
        for (var member : row.entrySet()) {
            var name = String.valueOf(member.getKey());
            if (!BESIDE.contains(name)) {
                own.add(name);
            }
        }
        for (var name : own) {
            line.append("  ");
            if (own.size() > 1) {
                line.append(name).append('=');
            }
            line.append(Printable.of(String.valueOf(row.get(name))));
        }
        var segment = row.get("segment");
        return line.append("  [")
                .append(segment == null ? "memory" : segment)
                .append(" row ")
                .append(row.get("row"))
                .append(']')
                .toString();
    }

    private static void explain(Object result) {
        System.out.println("what was done, and how long it took in all homes together:");
        var steps = new TextTable(List.of(), List.of());
        for (var step : Json.list(result, "explain", "steps")) {
            steps.add(List.of("  " + step(step, "step"), micros(step, "took_us"), facts(step)));
        }
        steps.print(System.out);
        var segments = new TextTable(List.of(), List.of());
        for (var segment : Json.list(result, "explain", "segments")) {
            segments.add(List.of(
                    "  " + step(segment, "segment"),
                    step(segment, "plan"),
                    micros(segment, "index_us"),
                    micros(segment, "rows_us"),
                    facts(segment),
                    Json.list(segment, "terms").stream()
                            .map(term -> Printable.of(String.valueOf(term)))
                            .collect(Collectors.joining("; "))));
        }
        System.out.println("segments asked, with the time for index and rows:");
        segments.print(System.out);
    }

    private static String step(Object of, String name) {
        return Json.at(of, name).map(String::valueOf).orElse("-");
    }

    private static String micros(Object of, String name) {
        return Json.number(of, name) + " us";
    }

    /** Numbers that are not times. */
    private static String facts(Object of) {
        return ((Map<?, ?>) of)
                .entrySet().stream()
                        .filter(fact -> fact.getValue() instanceof Number)
                        .filter(fact -> !String.valueOf(fact.getKey()).endsWith("_us"))
                        .map(fact -> fact.getKey() + "=" + fact.getValue())
                        .collect(Collectors.joining(" "));
    }

    private static String totals(Object result, int shown) {
        long total = Json.number(result, "total");
        return String.format(
                Locale.ROOT,
                "%d of %d row%s in %.1f ms (segments=%d pruned=%d blocks_read=%d bytes_read=%d)",
                shown,
                total,
                total == 1 ? "" : "s",
                Json.number(result, "took_us") / 1000.0,
                Json.number(result, "stats", "segments"),
                Json.number(result, "stats", "pruned"),
                Json.number(result, "stats", "blocks_read"),
                Json.number(result, "stats", "bytes_read"));
    }
}
