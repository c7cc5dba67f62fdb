package sherd.server.resp;

import static sherd.server.resp.CommandSpec.FAST;
import static sherd.server.resp.CommandSpec.Group.SCRIPTING;
import static sherd.server.resp.CommandSpec.NOSCRIPT;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import sherd.engine.memory.OffHeap;

/** Commands of Redis that are not here, and what is said instead of "unknown". */
final class AbsentCommands {
    private static final int SHOWN = 128;

    private static final Map<String, String> KINDS = new HashMap<>();

    static {
        kind(
                "lists",
                "lpush rpush lpushx rpushx lpop rpop llen lrange lindex lset lrem ltrim linsert lmove rpoplpush lpos"
                        + " lmpop blpop brpop blmove brpoplpush blmpop");
        kind(
                "sets",
                "sadd srem smembers sismember smismember scard spop srandmember smove sinter sinterstore sintercard"
                        + " sunion sunionstore sdiff sdiffstore sscan");
        kind(
                "sorted sets",
                "zadd zrem zincrby zcard zcount zlexcount zrange zrangestore zrangebyscore zrangebylex zrevrange"
                        + " zrevrangebyscore zrevrangebylex zrank zrevrank zscore zmscore zpopmin zpopmax zmpop"
                        + " bzpopmin bzpopmax bzmpop zrandmember zremrangebyrank zremrangebyscore zremrangebylex"
                        + " zunion zunionstore zinter zinterstore zintercard zdiff zdiffstore zscan");
        kind(
                "streams",
                "xadd xlen xrange xrevrange xread xreadgroup xdel xtrim xack xclaim xautoclaim xgroup xinfo xpending"
                        + " xsetid");
        kind("geo sets", "geoadd geodist geohash geopos georadius georadiusbymember geosearch geosearchstore");
        kind("hyperloglogs", "pfadd pfcount pfmerge pfdebug pfselftest");
        kind("bitmaps", "setbit getbit bitcount bitpos bitop bitfield bitfield_ro");
        kind(
                "channels",
                "subscribe unsubscribe psubscribe punsubscribe publish pubsub ssubscribe sunsubscribe spublish");
    }

    private AbsentCommands() {}

    static void register(List<CommandSpec> to) {
        for (var name : List.of("fcall", "fcall_ro", "function")) {
            var upper = name.toUpperCase(Locale.ROOT);
            to.add(new CommandSpec(
                    name,
                    -1,
                    FAST | NOSCRIPT,
                    0,
                    0,
                    0,
                    SCRIPTING,
                    "Not available",
                    call -> call.reply.error("ERR " + upper
                            + " needs functions, which do not exist here; send scripts with EVAL or EVALSHA")));
        }
    }

    private static void kind(String kind, String names) {
        for (var name : names.split(" ", -1)) {
            KINDS.put(name, kind);
        }
    }

    /** The error for a command that is not in the table. */
    static String unknown(Call call) {
        var name = cString(call, 0);
        var missing = missingKind(name);
        if (missing != null) {
            return missing;
        }
        var arguments = new StringBuilder();
        for (int word = 1; word < call.count() && arguments.length() < SHOWN; word++) {
            var argument = cString(call, word);
            int room = Math.min(argument.length(), SHOWN - arguments.length());
            arguments.append('\'').append(argument, 0, room).append("' ");
        }
        return "ERR unknown command '" + name + "', with args beginning with: " + arguments;
    }

    /** The error for a command about values that do not exist here; null if the name is no such command's. */
    static @Nullable String missingKind(String name) {
        var kind = KINDS.get(name.toLowerCase(Locale.ROOT));
        return kind == null
                ? null
                : "ERR " + name.toUpperCase(Locale.ROOT) + " needs " + kind
                        + ", which do not exist here; strings and hashes do";
    }

    /** The first bytes of a word, up to a zero byte: Redis prints with C's rules. */
    private static String cString(Call call, int word) {
        int length = Math.min(SHOWN, call.length(word));
        var text = new String(OffHeap.toArray(call.address(word), length), StandardCharsets.ISO_8859_1);
        int zero = text.indexOf(0);
        return zero < 0 ? text : text.substring(0, zero);
    }
}
