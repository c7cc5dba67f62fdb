package sherd.server.resp;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import sherd.engine.Engine;

/**
 * What CONFIG GET shows: names and values of Redis, as far as they mean something here. Sherd itself is configured by
 * its own file; of these only settings without effect can be changed.
 */
final class RespSettings {
    private static final Set<String> CHANGEABLE = Set.of("timeout", "tcp-keepalive", "slowlog-log-slower-than");

    private final Engine engine;
    private final Map<String, String> values = new LinkedHashMap<>();

    RespSettings(Engine engine, int maxClients) {
        this.engine = engine;
        values.put("save", "");
        values.put("appendonly", "yes");
        values.put("appendfsync", "everysec");
        values.put("databases", "1");
        values.put("maxmemory-policy", "noeviction");
        values.put("proto-max-bulk-len", Integer.toString(Decoder.MAX_BULK));
        values.put("maxclients", Integer.toString(maxClients));
        values.put("timeout", "0");
        values.put("tcp-keepalive", "300");
        values.put("slowlog-log-slower-than", "10000");
        values.put("cluster-enabled", "no");
        values.put("requirepass", "");
    }

    synchronized Map<String, String> all() {
        var all = new LinkedHashMap<>(values);
        all.put("maxmemory", Long.toString(engine.memory().limitBytes()));
        return all;
    }

    /** Empty when done; else why not. */
    synchronized String set(String name, String value) {
        var current = all().get(name);
        if (current == null) {
            return "ERR Unknown option or number of arguments for CONFIG SET - '" + name + "'";
        }
        if (!CHANGEABLE.contains(name) && !current.equals(value)) {
            return "ERR CONFIG SET failed (possibly related to argument '" + name
                    + "') - can't be changed here; set it in the configuration file and restart";
        }
        if (CHANGEABLE.contains(name)) {
            values.put(name, value);
        }
        return "";
    }
}
