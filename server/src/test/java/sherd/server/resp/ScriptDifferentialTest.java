package sherd.server.resp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sherd.engine.Engine;
import sherd.engine.disk.LocalDisk;

/** The same scripts to this door and to a real redis-server: the replies are the same, byte for byte, errors too. */
final class ScriptDifferentialTest {
    @TempDir
    Path folder;

    private TestNode node;
    private RealRedis redis;
    private final List<String> differences = new ArrayList<>();

    @BeforeEach
    void start() throws Exception {
        redis = new RealRedis(folder);
        node = new TestNode(folder.resolve("data"));
    }

    @AfterEach
    void stop() throws IOException {
        node.close();
        redis.close();
        assertThat(node.engine.memory().usedBytes()).as("leaked native memory").isZero();
        assertThat(Engine.check(new LocalDisk(folder.resolve("data")))).isEmpty();
    }

    private void compare(int protocol, List<String[]> commands) throws IOException {
        try (var ours = node.connect();
                var theirs = redis.connect()) {
            if (protocol == 3) {
                ours.call("HELLO", "3");
                theirs.call("HELLO", "3");
            }
            for (var command : commands) {
                var expected = theirs.call(command);
                var got = ours.call(command);
                if (!got.equals(expected)) {
                    differences.add(String.join(" ", command) + "\nredis: " + expected + "here:  " + got);
                }
            }
        }
        assertThat(differences).isEmpty();
    }

    private static void prepare(List<String[]> commands) {
        commands.add(new String[] {"SET", "s", "abc"});
        commands.add(new String[] {"HSET", "h", "f", "v"});
        commands.add(new String[] {"SET", "n", "10"});
    }

    /** Every script with the keys s, h, n, k and two arguments. */
    private static List<String[]> evals(List<String> scripts) {
        var commands = new ArrayList<String[]>();
        prepare(commands);
        for (var script : scripts) {
            commands.add(new String[] {"EVAL", script, "4", "s", "h", "n", "k", "one", "2"});
        }
        return commands;
    }

    @Test
    void valuesComeBackAsFromRedis() throws IOException {
        compare(2, evals(VALUES));
        compare(3, evals(VALUES));
    }

    @Test
    void errorsAreThoseOfRedis() throws IOException {
        compare(2, evals(ERRORS));
    }

    @Test
    void theLibrariesAnswerAsThoseOfRedis() throws IOException {
        compare(2, evals(LIBRARIES));
    }

    @Test
    void theCommandsThatManageScriptsAnswerAsThoseOfRedis() throws IOException {
        var sha = "e0e1f9fabfc9d4800c877a703b823ac0578ff8db";
        compare(2, List.of(new String[][] {
            {"EVAL", "return 1"},
            {"EVAL", "return 1", "x"},
            {"EVAL", "return 1", "-1"},
            {"EVAL", "return 1", "99999999999999999999"},
            {"EVAL", "return 1", "2", "a"},
            {"EVAL", "return {KEYS[1],ARGV[1],#KEYS,#ARGV}", "1", "a", "b"},
            {"EVALSHA", sha, "0"},
            {"EVALSHA", "abc", "0"},
            {"EVALSHA", "abc", "x"},
            {"EVALSHA", "abc"},
            {"SCRIPT", "EXISTS", sha, "abc"},
            {"SCRIPT", "LOAD", "return 1"},
            {"SCRIPT", "EXISTS", sha, "abc"},
            {"SCRIPT", "EXISTS", sha.toUpperCase(java.util.Locale.ROOT)},
            {"EVALSHA", sha, "0"},
            {"EVALSHA", sha.toUpperCase(java.util.Locale.ROOT), "0"},
            {"EVALSHA_RO", sha, "0"},
            {"SCRIPT", "FLUSH", "ASYNC"},
            {"EVALSHA", sha, "0"},
            {"EVAL", "#!lua\nreturn 5", "0"},
            {"SCRIPT", "FLUSH", "x"},
            {"SCRIPT", "FLUSH", "SYNC", "x"},
            {"SCRIPT", "FLUSH"},
            {"SCRIPT"},
            {"SCRIPT", "NOPE"},
            {"SCRIPT", "EXISTS"},
            {"SCRIPT", "LOAD"},
            {"SCRIPT", "KILL"},
            {"EVAL_RO", "return redis.call('set', KEYS[1], 'b')", "1", "a"},
            {"EVAL_RO", "return redis.call('get', KEYS[1])", "1", "a"},
            {"EVAL_RO", "return redis.pcall('set', KEYS[1], 'b')", "1", "a"},
            {"COMMAND", "GETKEYS", "EVAL", "x", "2", "a", "b", "c"},
            {"COMMAND", "GETKEYS", "EVAL", "x", "0", "a"},
            {"EVAL", "redis.call('set', KEYS[1], 'done') error('half')", "1", "half"},
            {"GET", "half"},
            {"MULTI"},
            {"EVAL", "return redis.call('incr', KEYS[1])", "1", "counter"},
            {"EVAL", "return redis.call('incr', KEYS[1]) + nil", "1", "counter"},
            {"GET", "counter"},
            {"EXEC"},
        }));
    }

    private static final List<String> VALUES = List.of(
            "return 3.99",
            "return -1.7",
            "return 1e300",
            "return 0/0",
            "return nil",
            "return true",
            "return false",
            "return 'text'",
            "return {}",
            "return {1,2,nil,4}",
            "return {1,{2,'x',{3}},true,false,'y'}",
            "return {3,true,'x',{ok='fine'},{err='bad'}}",
            "return {ok='fine'}",
            "return {err='boo'}",
            "return {err='a\\nb'}",
            "return {ok='a\\r\\nb'}",
            "return {double=3.5}",
            "return {map={a=1}}",
            "return {set={a=true}}",
            "return {big_number='12345678901234567890'}",
            "return print == nil and 1",
            "return redis.call",
            "return {KEYS[1],KEYS[4],ARGV[1],ARGV[2],ARGV[3]}",
            "return {#KEYS,#ARGV}",
            "ARGV[1]='x' return ARGV[1]",
            "return redis.call('get','s')",
            "return redis.call('get','k')",
            "return tostring(redis.call('get','k'))",
            "return redis.call('mget','s','k','n')",
            "return redis.call('hgetall','h')",
            "return redis.call('set','s','v','nx')",
            "return redis.call('set','s','v')",
            "return redis.call('set','s','v').ok",
            "return redis.call('incr','n') + 1",
            "return redis.call('incrbyfloat','n','1.5')",
            "redis.call('set','k',0.1) return redis.call('get','k')",
            "redis.call('set','k',12) return redis.call('get','k')",
            "redis.call('set','k',2^53) return redis.call('get','k')",
            "return redis.call('del','k','s')",
            "return {redis.call('exists','k'),redis.call('type','h'),redis.call('ttl','n')}",
            "return redis.call('echo','x')",
            "return redis.call('ping')",
            "return redis.pcall('hget','n','f')",
            "return redis.pcall('nope')",
            "return {redis.pcall('nope').err}",
            "return redis.error_reply('boo')",
            "return redis.error_reply('-boo')",
            "return redis.error_reply('MY ERR')",
            "return redis.status_reply('fine')",
            "return redis.status_reply()",
            "return redis.error_reply(1)",
            "return redis.sha1hex('')",
            "return redis.sha1hex('abc')",
            "return redis.replicate_commands()",
            "redis.setresp(3) return redis.call('hgetall','h')",
            "redis.setresp(3) return {redis.call('del','k') and redis.call('get','k') == nil}",
            "redis.setresp(3) return {true,false}",
            "redis.setresp(3) return redis.call('hgetall','h').map.f",
            "local ok,e = pcall(redis.call,'nope') return {ok, e}",
            "local ok,e = pcall(function() return nil+1 end) return e",
            "local ok,e = pcall(error,{code=5}) return e.code",
            "local ok,e = xpcall(function() error('x',0) end, function(m) return m..'!' end) return e",
            "local t={} t[1]=t return #t");

    private static final List<String> ERRORS = List.of(
            "x=1",
            "return x",
            "return _G.y",
            "KEYS=1",
            "redis.x=1",
            "string.x=1",
            "getmetatable('').__index=1",
            "setmetatable(_G,{})",
            "rawset(_G,'x',1)",
            "return setfenv",
            "return print",
            "return dofile",
            "return require",
            "return io",
            "return debug",
            "return package",
            "error('x')",
            "error('x',0)",
            "error('x',2)",
            "error()",
            "error({err='My tab'})",
            "\n\nerror('third line')",
            "local function f() error('inner') end\nf()",
            "local function f() error('outer',2) end\nf() return 1",
            "return redis.call()",
            "return redis.call('nope')",
            "return redis.call('get')",
            "return redis.call({})",
            "return redis.call('get',{})",
            "return redis.call('get',nil)",
            "return redis.call('multi')",
            "return redis.call('exec')",
            "return redis.call('watch','s')",
            "return redis.call('eval','return 1',0)",
            "return redis.call('script','flush')",
            "return redis.call('client','id')",
            "return redis.call('config','get','x')",
            "return redis.call('auth','x')",
            "return redis.call('hello')",
            "return redis.call('hget','n','f')",
            "return redis.call('set','s')",
            "return redis.call('set','s','1','bad')",
            "return redis.call('incr','h')",
            "return redis.call('incrby','n','x')",
            "return redis.sha1hex()",
            "return redis.log()",
            "return redis.log(9,'x')",
            "return redis.setresp(4)",
            "return redis.setresp()",
            "local t=nil; return t.x",
            "local t=nil; t.x=1",
            "local t={} t[nil]=1",
            "local t={} t[0/0]=1",
            "return 1+nil",
            "local a='x' return a+1",
            "local a={} return -a",
            "local a={} return a.b+1",
            "return {}..'x'",
            "local a='x' return a..nil",
            "return 1<'x'",
            "return {}<{}",
            "return nil>1",
            "local n=redis n()",
            "local a={} a.b.c=1",
            "local a={} a.b()",
            "local a={} a:b()",
            "local a={} return a.b()",
            "return #nil",
            "for i=1,{} do end",
            "return string.rep()",
            "return ('x'):rep({})",
            "return string.char(256)",
            "return string.format('%d','x')",
            "return string.format('%y',1)",
            "return ('x'):find('[')",
            "return ('x'):find('%')",
            "return ('x'):gsub('x','%2')",
            "return table.concat({1,{},3})",
            "return unpack({},1,10000)",
            "return setmetatable(1,{})",
            "return ipairs()",
            "return tostring()",
            "return select(0)",
            "return tonumber('1',99)",
            "return math.floor('x')",
            "assert(false)",
            "assert(nil,'msg')",
            "return load('x=')",
            "return ('x').rep('x',{})",
            "local s='x' return s:rep()",
            "local function f() return error('tail') end\nreturn f()",
            "local function f() return ('x'):rep() end\nlocal x = f() return x",
            "local f = 5 for k in f do end",
            "return cjson.decode('{bad')",
            "return cjson.encode({[1]=1,[1000]=3})",
            "return cjson.encode(tostring)");

    private static final List<String> LIBRARIES = List.of(
            "return {tostring(1e15),tostring(2^53),tostring(1/3),tostring(100),tostring(1e14),tostring(-0.5)}",
            "return {tostring(0/0),tostring(1/0),tostring(-1/0),tostring(nil),tostring(true)}",
            "return (1/3)..'|'..1e100 ..'|'..2^31",
            "return {'a'..1.0, 10/2, 7%3, -7%3, 2^10, 5.5%2}",
            "return {tonumber('0x10'),tonumber('  5 '),tonumber('z',36),tostring(tonumber('5x')),tonumber('1e2')}",
            "return {'10'+5, '3'*'4', 10 ..''}",
            "return string.format('%5.2f|%d|%s|%q|%x|%g|%e|%c|%i|%u',1.234,5,'x','a\\nb',255,0.1,12345.678,65,7,8)",
            "return string.format('%05d|%-5d|%+d|%5s|%-5s|%.2s|%X|%o|%%|%5.1f|%.3g|%#x', 42,42,42,'ab','ab','abc',255,8,"
                    + "3.14159,1234567,255)",
            "return string.format('%g %g %g %g %.14g %.17g', 1e20, 1e-5, 100000, 1e6, 0.1, 0.1)",
            "return {('hello'):sub(2,3),('hello'):sub(-3),('hello'):sub(2,-2),('hello'):sub(10),('hello'):sub(0)}",
            "return {('hello'):upper(),('HeLLo'):lower(),('abc'):reverse(),('ab'):rep(3),#('abc')}",
            "return {('abc'):byte(1,-1)}",
            "return {string.char(72,105), ('x'):byte(10)}",
            "return {('hello world'):find('wor')}",
            "return {('hello world'):find('o',6)}",
            "return {('a.b'):find('.',1,true)}",
            "return {('hello'):find('l+')}",
            "return {('key=value'):match('(%w+)=(%w+)')}",
            "return {('  trim  '):match('^%s*(.-)%s*$')}",
            "return {('2024-01-31'):match('^(%d+)-(%d+)-(%d+)$')}",
            "return {('f(a(b)c)d'):match('%b()')}",
            "return {('THE (quick) fox'):find('%((%a+)%)')}",
            "return {('hello'):match('()ll()')}",
            "return {('abcabc'):match('(a)(b)c%1%2')}",
            "local t={} for w in ('one two  three'):gmatch('%a+') do t[#t+1]=w end return t",
            "local t={} for k,v in ('a=1, b=2'):gmatch('(%w+)=(%w+)') do t[#t+1]=k..v end return t",
            "return {('hello world'):gsub('o','0')}",
            "return {('hello'):gsub('','-')}",
            "return {('hello world'):gsub('(%w+)','<%1>')}",
            "return {('hello world'):gsub('%w+','%0 %0',1)}",
            "return {('$name is $age'):gsub('%$(%w+)',{name='Ada',age=36})}",
            "return {('abc'):gsub('%w',function(c) if c=='b' then return nil end return c..c end)}",
            "return {('abc'):gsub('^a','x')}",
            "return {('THE (quick) fox'):gsub('%f[%a]%a+','W')}",
            "return {('a,b,,c'):gsub(',',';')}",
            "local t={5,2,8,1} table.sort(t) return t",
            "local t={5,2,8,1} table.sort(t,function(a,b) return a>b end) return t",
            "local t={'b','a'} table.sort(t) return table.concat(t,',')",
            "local t={1,2,3} table.insert(t,4) table.insert(t,1,0) return t",
            "local t={1,2,3} return {table.remove(t),table.remove(t,1),#t,table.remove({})}",
            "return {table.concat({1,2,3},', '),table.concat({},'x'),table.concat({1,2,3},'-',2,3),table.concat({1.5})}",
            "return {table.getn({1,2}),#{1,2,3},table.maxn({1,2,[10]=3})}",
            "return {unpack({1,2,3})}",
            "return {unpack({1,2,3},2)}",
            "return {select('#',1,nil,3),select(2,'a','b','c')}",
            "return {select(-1,'a','b','c')}",
            "local t={} for i,v in ipairs({1,2,nil,4}) do t[#t+1]=i*v end return t",
            "local n=0 for k,v in pairs({a=1,b=2,3}) do n=n+v end return n",
            "local t=setmetatable({},{__index=function(t,k) return k..'!' end}) return t.x",
            "local t=setmetatable({},{__add=function(a,b) return 7 end,__call=function(s,x) return x end}) return {t+1,t(9)}",
            "local t=setmetatable({},{__tostring=function() return 'me' end}) return tostring(t)",
            "local t=setmetatable({},{__metatable='no'}) return getmetatable(t)",
            "local t=setmetatable({},{__eq=function() return true end}) return t==setmetatable({},getmetatable(t))",
            "local t=setmetatable({},{__concat=function(a,b) return 'cat' end}) return t..'x'",
            "return {math.floor(3.7),math.ceil(3.2),math.max(1,5,3),math.min(4,2),math.abs(-3),math.sqrt(16)}",
            "return {math.fmod(7,3),math.pow(2,8),math.huge > 1,tostring(math.pi),math.floor(-3.5)}",
            "math.randomseed(7) return {tostring(math.random()),math.random(10),math.random(5,6)}",
            "math.randomseed(5) return tostring(math.random())",
            "return {math.modf(3.25)}",
            "return {math.frexp(8), math.ldexp(0.5,4)}",
            "return {bit.band(7,3),bit.bor(1,2),bit.bxor(5,1),bit.lshift(1,4),bit.rshift(256,4),bit.bnot(0)}",
            "return {bit.tohex(255),bit.tohex(255,4),bit.tobit(2^32-1),bit.arshift(-8,1),bit.rol(1,31),bit.bswap(1)}",
            "return cjson.encode({1,2,{a=1.5}})",
            "return cjson.encode({})",
            "return cjson.encode({[1]=1,[3]=3})",
            "return cjson.encode('a\\\"/\\195\\169\\1')",
            "return {cjson.encode(1e20),cjson.encode(0.1),cjson.encode(true),cjson.encode(cjson.null)}",
            "return cjson.decode('[1,2,null]')[3]==cjson.null",
            "return cjson.decode('{\"a\":[1,{\"b\":\"x\\\\u00e9\"}]}').a[2].b",
            "local t=cjson.decode('[1.5,true,\"s\",[],{}]') return {tostring(t[1]),t[2],t[3],#t[4]}",
            "return loadstring('return 5')()",
            "return {loadstring('x =')==nil}",
            "local n=0 local i=0 while true do i=i+1 if i>10 then break end if i%2==0 then n=n+i end end return n",
            "local i=0 repeat i=i+1 until i==5 return i",
            "local t={} for i=10,1,-3 do t[#t+1]=i end return t",
            "local function fib(n) if n<2 then return n end return fib(n-1)+fib(n-2) end return fib(15)",
            "local function f(...) local a,b=... return select('#',...),a,b end return {f(1,nil,3)}",
            "return {type(nil),type(1),type('x'),type({}),type(print == nil),type(redis.call)}",
            "return _VERSION");
}
