package sherd.bench.fuzz;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import sherd.bench.frame.BenchException;
import sherd.server.resp.DecoderTarget;

/** All targets by name. */
final class Targets {
    private static final Map<String, Supplier<Target>> ALL = all();

    private Targets() {}

    private static Map<String, Supplier<Target>> all() {
        var all = new LinkedHashMap<String, Supplier<Target>>();
        all.put("decoder", DecoderTarget::new);
        all.put("resp", RespTarget::new);
        all.put("http", HttpTarget::requests);
        all.put("http2", HttpTarget::frames);
        all.put("gateway", HttpTarget::gateway);
        all.put("rows", HttpTarget::rows);
        all.put("definition", HttpTarget::definition);
        all.put("query", QueryTarget::new);
        all.put("log", LogTarget::new);
        all.put("recovery", RecoveryTarget::new);
        all.put("segment", SegmentTarget::new);
        all.put("catalog", CatalogTarget::new);
        all.put("routes", RoutesTarget::new);
        return all;
    }

    static List<String> names() {
        return List.copyOf(ALL.keySet());
    }

    static Target open(String name) {
        var target = ALL.get(name);
        if (target == null) {
            throw new BenchException("there is no fuzz target " + name + "; there are " + String.join(", ", names()));
        }
        return target.get();
    }
}
