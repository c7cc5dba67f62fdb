package sherd.bench.fuzz;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Commands as people send them, one of each family and form. */
public final class RespSeeds {
    static final List<String> LINES = List.of(
            "PING",
            "PING hello",
            "ECHO x",
            "SET k v",
            "SET k v EX 10 NX GET",
            "SET k 1 PXAT 99999999999999 XX KEEPTTL",
            "GET k",
            "GETSET k w",
            "GETDEL k",
            "GETEX k EX 10",
            "GETEX k PERSIST",
            "MSET a 1 b 2 c 3",
            "MSETNX d 1 e 2",
            "MGET a b c d",
            "DEL a b",
            "UNLINK c",
            "EXISTS a a b",
            "TOUCH a b",
            "TYPE k",
            "INCR n",
            "DECR n",
            "INCRBY n 10",
            "DECRBY n -3",
            "INCRBYFLOAT n 1.5",
            "APPEND k xyz",
            "STRLEN k",
            "GETRANGE k 0 -1",
            "SETRANGE k 100 x",
            "EXPIRE k 100 NX",
            "PEXPIRE k 100000 GT",
            "EXPIREAT k 99999999999",
            "PEXPIREAT k 1",
            "TTL k",
            "PTTL k",
            "EXPIRETIME k",
            "PERSIST k",
            "HSET h f 1 g 2 h 3",
            "HSETNX h f 1",
            "HMSET h f 1",
            "HGET h f",
            "HMGET h f g x",
            "HGETALL h",
            "HKEYS h",
            "HVALS h",
            "HLEN h",
            "HSTRLEN h f",
            "HEXISTS h f",
            "HDEL h f g",
            "HINCRBY h n 5",
            "HINCRBYFLOAT h n 0.25",
            "HRANDFIELD h 2 WITHVALUES",
            "HSCAN h 0 MATCH * COUNT 10",
            "SCAN 0 MATCH k* COUNT 10 TYPE string",
            "KEYS *",
            "DBSIZE",
            "RANDOMKEY",
            "RENAME k k2",
            "RENAMENX k2 k",
            "COPY k k3 REPLACE",
            "OBJECT ENCODING k",
            "SETIFMATCH k v2 1",
            "GETWITHETAG k",
            "GETIFNOTMATCH k 1",
            "MULTI",
            "EXEC",
            "WATCH k",
            "HELLO 3 SETNAME x",
            "CLIENT SETNAME me",
            "CLIENT LIST",
            "CLIENT INFO",
            "COMMAND COUNT",
            "COMMAND INFO get set",
            "COMMAND GETKEYS MSET a 1 b 2",
            "CONFIG GET maxmemory",
            "CONFIG SET maxmemory-policy noeviction",
            "INFO",
            "INFO memory",
            "SELECT 0",
            "TIME",
            "LOLWUT",
            "RESET",
            "QUIT",
            "FLUSHALL");

    /** Every word of the commands above, and what the protocol is made of. */
    public static final List<String> WORDS = words();

    private RespSeeds() {}

    /** Each alone, and some that belong together. */
    public static List<byte[]> streams() {
        var texts = new ArrayList<String>();
        for (var line : LINES) {
            texts.add(array(line.split(" ", -1)));
            texts.add(line + "\r\n");
        }
        texts.add(arrays("MULTI", "SET a 1", "INCR a", "HSET h f 1", "GET h", "EXEC"));
        texts.add(arrays("WATCH a", "MULTI", "SET a 2", "DISCARD", "UNWATCH"));
        texts.add(arrays("HELLO 3", "HGETALL h", "CONFIG GET *", "HELLO 2", "HGETALL h"));
        texts.add(arrays("SET a 1", "INCR a", "GET a", "DEL a", "GET a", "HSET a f v", "INCR a"));
        texts.add("*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$300\r\n" + "v".repeat(300) + "\r\n");
        texts.add(array("EVAL", "return redis.call('SET', KEYS[1], ARGV[1])", "1", "k", "v"));
        texts.add(array("EVAL", "local t={} for i=1,9 do t[i]=i..'x' end return {t,#KEYS,cjson and 1,nil}", "0"));
        texts.add(array("EVAL_RO", "return {ok=string.rep(ARGV[1],3):sub(2)..tostring(1/3)}", "0", "ab"));
        texts.add(array("EVAL", "return redis.pcall('HGET', KEYS[1], 'f') or redis.error_reply('no')", "1", "h"));
        texts.add(array("SCRIPT", "LOAD", "return 1") + array("SCRIPT", "EXISTS", "x") + array("SCRIPT", "FLUSH"));
        texts.add("SET \"a b\\x41\" 'it\\'s'\r\n");
        return texts.stream().map(text -> text.getBytes(ISO_8859_1)).toList();
    }

    private static List<String> words() {
        var words = new ArrayList<>(
                List.of("\r\n", "*", "$", "*1\r\n", "*-1\r\n", "$-1\r\n", "$0\r\n\r\n", "\0", "\"", "'"));
        LINES.stream()
                .flatMap(line -> Arrays.stream(line.split(" ", -1)))
                .distinct()
                .forEach(word -> {
                    words.add(word);
                    words.add("$" + word.length() + "\r\n" + word + "\r\n");
                });
        LINES.forEach(line -> words.add(array(line.split(" ", -1))));
        return List.copyOf(words);
    }

    static String arrays(String... lines) {
        var text = new StringBuilder();
        for (var line : lines) {
            text.append(array(line.split(" ", -1)));
        }
        return text.toString();
    }

    static String array(String... words) {
        var text = new StringBuilder("*").append(words.length).append("\r\n");
        for (var word : words) {
            text.append('$')
                    .append(word.getBytes(UTF_8).length)
                    .append("\r\n")
                    .append(word)
                    .append("\r\n");
        }
        return text.toString();
    }
}
