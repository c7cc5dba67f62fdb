package sherd.server.script;

import java.util.Iterator;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/** Compiled scripts by their SHA-1, for all threads of a node; those used longest ago make room. */
public final class ScriptCache {
    static final int MAX_SCRIPTS = 1_000;
    static final long MAX_BYTES = 16 << 20;

    private final LinkedHashMap<String, CompiledScript> scripts = new LinkedHashMap<>(16, 0.75f, true);
    private long bytes;

    public synchronized @Nullable CompiledScript find(String sha1) {
        return scripts.get(sha1);
    }

    public synchronized void add(CompiledScript script) {
        var before = scripts.put(script.sha1(), script);
        bytes += script.bytes() - (before == null ? 0 : before.bytes());
        Iterator<CompiledScript> oldest = scripts.values().iterator();
        while ((scripts.size() > MAX_SCRIPTS || bytes > MAX_BYTES) && scripts.size() > 1) {
            bytes -= oldest.next().bytes();
            oldest.remove();
        }
    }

    public synchronized void clear() {
        scripts.clear();
        bytes = 0;
    }

    public synchronized int size() {
        return scripts.size();
    }

    public synchronized long bytes() {
        return bytes;
    }
}
