package sherd.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Unmatched;

@Command(
        name = "all",
        description = "What docs/benchmarks.md shows, in about half an hour; with --publish, writes it there.")
final class AllBench implements Callable<Integer> {
    /** Shorter than each would be alone. */
    private static final List<String> RUNS = List.of(
            "resp --null --rounds 3 --seconds 2",
            "resp --null --rounds 3 --seconds 2 --sync interval --pipeline 16,64",
            "resp --peers redis,memcached,infinispan,null --pipeline 16 --rounds 3 --seconds 2",
            "latency --null --rounds 3 --seconds 6",
            "steady",
            "attribute --rounds 3",
            "gateway --rounds 3 --seconds 2",
            "startup --rounds 5",
            "recovery --rounds 3",
            "memory --keys 10000000",
            "connections",
            "growth",
            "load --rounds 3",
            "search --rounds 3",
            "archive-index --rounds 5",
            "archive-ingest",
            "archive-zerocopy",
            "archive-send",
            "archive-sparse",
            "archive-search",
            "archive-lucene",
            "engine --rounds 3 --warm-up 2 --peers caffeine,chronicle_map,mapdb --footprint 1000000",
            "buffers --rounds 3 --pipeline 16",
            "pool --rounds 3",
            "arrays --rounds 3");

    @Option(names = "--publish", description = "Also writes plots and tables into docs.")
    private boolean publish;

    @Unmatched
    private List<String> more = List.of();

    /** Runs all even if one fails; the status is the worst. */
    @Override
    public Integer call() {
        int worst = 0;
        for (var run : RUNS) {
            var words = new ArrayList<>(Stream.of(run.split(" ", -1)).toList());
            if (publish) {
                words.add("--publish");
            }
            words.addAll(more);
            System.out.println();
            System.out.println("## sherd bench " + String.join(" ", words));
            System.out.println();
            worst = Math.max(worst, Main.run(words.toArray(String[]::new)));
        }
        return worst;
    }
}
