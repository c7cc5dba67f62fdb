package sherd.server.resp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sherd.engine.Engine;
import sherd.engine.disk.LocalDisk;

/** Whatever a script does, it ends, and the node goes on. */
final class ScriptBoundsTest {
    @TempDir
    Path folder;

    private TestNode node;
    private Wire wire;

    @BeforeEach
    void start() throws IOException {
        node = new TestNode(folder);
        wire = node.connect();
    }

    @AfterEach
    void stop() throws IOException {
        assertThat(eval("return redis.call('set', KEYS[1], 'alive')", "1", "key"))
                .isEqualTo("+OK\r\n");
        assertThat(wire.call("GET", "key")).isEqualTo("$5\r\nalive\r\n");
        wire.close();
        node.close();
        assertThat(node.engine.memory().usedBytes()).as("leaked native memory").isZero();
        assertThat(Engine.check(new LocalDisk(folder))).isEmpty();
    }

    private String eval(String script, String... more) throws IOException {
        var words = new String[more.length == 0 ? 3 : 2 + more.length];
        words[0] = "EVAL";
        words[1] = script;
        words[2] = "0";
        System.arraycopy(more, 0, words, 2, more.length);
        return wire.call(words);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "while true do end",
                "repeat until false",
                "for i = 1, 1e18 do end",
                "local function f() return f() end f()",
                "while true do pcall(function() while true do end end) end",
                "local t = setmetatable({}, {__index = function(t, k) return k end}) while true do local x = t.a end",
                "while true do pcall(error) end",
                "while true do redis.pcall('nope') end",
                "while true do redis.call('get', KEYS[1]) end",
                "return ('a'):rep(30000):find(('.-'):rep(60) .. 'b')",
                "return ('a'):rep(30000):match(('a*'):rep(60) .. 'b')",
                "return ('a'):rep(50000):gsub('.-b', '')",
                "local s = ('x'):rep(100000) while true do local _ = s:find('y', 1, true) end",
                "local a, b = ('x'):rep(1e6) .. 'a', ('x'):rep(1e6) .. 'b' while true do local _ = a < b end",
                "local t = {} for i = 1, 1e5 do t[i] = i end while true do table.insert(t, 1, 0) table.remove(t, 1) end",
                "local t = {} for i = 1, 1e5 do t[i] = -i end while true do table.sort(t) end",
                "while true do local _ = tostring(0.1) end",
                "for w in (function() return 1 end) do end",
                "local t = {1} for i = 1, 60 do t = {t, t} end return t",
                "local s = ('x'):rep(1e6) local t = {} for i = 1, 1000 do t[i] = s end return t",
            })
    void endlessScriptsEnd(String script) throws IOException {
        assertThat(eval(script, "1", "key")).startsWith("-ERR Error running script: exceeded ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "return ('x'):rep(1e9)",
                "return ('x'):rep(2^40)",
                "local s = 'x' while true do s = s .. s end",
                "local s = 'x' while true do s = s .. 'y' .. s end",
                "local s = ('x'):rep(1e6) local t = {} for i = 1, 1000 do t[i] = s end return table.concat(t)",
                "local t = {} while true do t[#t + 1] = {} end",
                "local t = {} for i = 1, 1e9 do t[i] = i end",
                "local t = {} while true do t = {t, t, t} end",
                "local t = {} while true do local u = t t = function() return u end end",
                "local s = ('x'):rep(1e6) return ('x'):rep(1e6):gsub('x', s)",
                "local s = ('x'):rep(1e6) return (s:gsub('x', '%0%0%0%0%0%0%0%0%0%0'):gsub('x', '%0%0%0%0%0%0%0%0%0%0'))",
                "local s = ('x'):rep(1e6) while true do s = s:upper() .. 'x' end",
                "local s = ('\\n'):rep(1e7) return string.format('%q%q%q%q%q%q%q%q', s, s, s, s, s, s, s, s)",
                "local t = {} for i = 1, 60 do t = {t, t} end return cjson.encode(t)",
                "while true do redis.call('append', KEYS[1], ('x'):rep(1e5)) end",
                "local s = ('x'):rep(1e6) while true do redis.call('set', KEYS[1], s) end",
            })
    void greedyScriptsEnd(String script) throws IOException {
        assertThat(eval(script, "1", "key")).startsWith("-ERR Error running script: exceeded ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "local function f() return 1 + f() end return f()",
                "local t = setmetatable({}, {}) getmetatable(t).__index = function(_, k) return t[k] + 1 end return t.x",
                "local function f(s) return (s:gsub('.', f)) end return f('x')",
                "local function f() return pcall(f) end local function g() return 1 + g() end return g()",
                "local t = {} t[1] = t return t",
                "return loadstring('return ' .. ('('):rep(1000) .. '1' .. (')'):rep(1000))()",
                "return ('x'):rep(500):find(('(x'):rep(500))",
                "local t = {} for i = 1, 10000 do t = {t} end return t",
                "local t = {} for i = 1, 1000 do t = {t} end return cjson.encode(t)",
                "return cjson.decode(('['):rep(100000))",
                "local function f() local ok, e = pcall(f) error(e, 0) end f()",
            })
    void deepScriptsEnd(String script) throws IOException {
        assertThat(eval(script)).startsWith("-ERR");
    }

    @ParameterizedTest
    @ValueSource(strings = {"(((", "nested"})
    void deepSourcesAreRefused(String kind) throws IOException {
        var source = kind.equals("nested")
                ? "do ".repeat(20_000) + "end ".repeat(20_000)
                : "return " + "(".repeat(100_000) + "1" + ")".repeat(100_000);
        assertThat(eval(source)).startsWith("-ERR Error compiling script");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "io", "os.execute", "os.exit", "os.getenv", "os.time", "debug", "package", "require", "dofile",
                        "loadfile",
                "luajava", "coroutine", "print", "getfenv", "setfenv", "newproxy", "module", "string.dump", "arg",
                        "script"
            })
    void nothingLeadsOut(String name) throws IOException {
        var reply = eval("return type(" + name + ")");
        assertThat(reply.equals("$3\r\nnil\r\n") || reply.contains("nonexistent global variable"))
                .as(reply)
                .isTrue();
    }

    @Test
    void argumentsAreBounded() throws IOException {
        var large = "x".repeat(40 << 20);
        assertThat(eval("return #ARGV[1]", "0", large)).isEqualTo(":" + (40 << 20) + "\r\n");
        assertThat(eval("return ARGV[1] .. ARGV[1]", "0", large)).startsWith("-ERR Error running script: exceeded ");
        assertThat(eval("return 1", "0", large, large))
                .startsWith("-ERR keys and arguments of the script are too large");
        assertThat(eval("--" + large)).startsWith("-ERR the script is too long");
    }

    @Test
    void compiledCodeIsNotLoaded() throws IOException {
        assertThat(eval("\033Lua whatever")).startsWith("-ERR Error compiling script");
        assertThat(eval("local f, e = loadstring('\\27Lua whatever') return {f == nil, type(e)}"))
                .isEqualTo("*2\r\n:1\r\n$6\r\nstring\r\n");
    }

    @Test
    void nothingSurvivesARun() throws IOException {
        for (var attempt : new String[] {
            "leak = 1",
            "_G.leak = 1",
            "rawset(_G, 'leak', 1)",
            "string.leak = 1",
            "rawset(string, 'leak', 1)",
            "table.insert(table, 1)",
            "table.sort(redis)",
            "setmetatable(_G, {})",
            "setmetatable(string, {})",
            "getmetatable('').leak = 1",
            "getmetatable('').__index = nil",
            "redis.call = nil",
            "math.pi = 3",
            "table.remove(_G, 1)",
            "cjson.null = 1",
            "_ENV.leak = 1",
            "ARGV = 1",
            "for k in pairs(redis) do redis[k] = nil end",
            "rawset(getmetatable(''), '__index', nil)"
        }) {
            var reply = eval("local before = redis.sha1hex " + attempt);
            assertThat(reply.startsWith("-ERR") || reply.equals("$-1\r\n"))
                    .as(attempt + " " + reply)
                    .isTrue();
        }
        assertThat(eval("KEYS[1] = 'x' ARGV[1] = 'y' return #KEYS + #ARGV")).isEqualTo(":2\r\n");
        assertThat(eval("return #KEYS + #ARGV")).isEqualTo(":0\r\n");
        assertThat(
                        eval(
                                "return {rawget(_G, 'leak') == nil, rawget(string, 'leak') == nil, ('x'):rep(2), math.floor(math.pi)}"))
                .isEqualTo("*4\r\n:1\r\n:1\r\n$2\r\nxx\r\n:3\r\n");
    }

    @Test
    void whatAScriptDidBeforeItsBoundIsKept() throws IOException {
        assertThat(eval("redis.call('set', KEYS[1], 'done') while true do end", "1", "half"))
                .startsWith("-ERR Error running script: exceeded 5000000 instructions");
        assertThat(wire.call("GET", "half")).isEqualTo("$4\r\ndone\r\n");
    }

    @Test
    void theCacheForgetsTheOldest() throws IOException {
        var first = wire.ask("SCRIPT", "LOAD", "return 'first'").text();
        for (int i = 0; i < 1_100; i++) {
            wire.call("SCRIPT", "LOAD", "return " + i);
        }
        assertThat(node.door.scripts().size()).isEqualTo(1_000);
        assertThat(wire.call("SCRIPT", "EXISTS", first)).isEqualTo("*1\r\n:0\r\n");
        assertThat(wire.call("EVALSHA", first, "0")).startsWith("-NOSCRIPT ");
        for (int i = 0; i < 100; i++) {
            wire.call("SCRIPT", "LOAD", "return " + i + " --" + "x".repeat(900_000));
        }
        assertThat(node.door.scripts().bytes()).isLessThanOrEqualTo(16 << 20);
        assertThat(wire.call("SCRIPT", "LOAD", "--" + "x".repeat(1 << 20))).startsWith("-ERR the script is too long");
        assertThat(wire.call("SCRIPT", "FLUSH")).isEqualTo("+OK\r\n");
        assertThat(node.door.scripts().size()).isZero();
    }
}
