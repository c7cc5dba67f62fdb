package sherd.server.resp;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaTable;
import org.luaj.vm2.LuaValue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sherd.engine.memory.MemoryBudget;
import sherd.engine.memory.OffHeap;
import sherd.engine.memory.Region;
import sherd.server.script.Arguments;
import sherd.server.script.BoundReachedError;
import sherd.server.script.Bounds;
import sherd.server.script.CompiledScript;
import sherd.server.script.NativeFunction;
import sherd.server.script.NumberText;
import sherd.server.script.Sandbox;
import sherd.server.script.ScriptError;

/**
 * Runs scripts on one I/O thread, with the keys of their command locked. What scripts call goes through the door's own
 * commands, on the same session, so all that a script changes is one unit of work.
 */
final class ScriptRunner implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ScriptRunner.class);

    private static final long CALL_STEPS = 20;
    private static final long BYTES_PER_STEP = 32;
    private static final int NUMBER_DIGITS = 17;
    private static final int WORD_BYTES = 64;
    private static final int MAX_LOGGED = 1024;
    private static final String WRONG_ARGUMENTS = "ERR wrong number or type of arguments";
    private static final List<String> LOG_LEVELS = List.of("LOG_DEBUG", "LOG_VERBOSE", "LOG_NOTICE", "LOG_WARNING");

    private final RespLoop loop;
    private final Sandbox sandbox;
    private final Reply reply;
    private final Region words;
    private final Batch batch = new Batch();
    private final Call inner;
    private final Set<LuaString> declared = new HashSet<>();
    private @Nullable Connection connection;
    private boolean readOnly;
    private int protocol;

    ScriptRunner(RespLoop loop) {
        this.loop = loop;
        var budget = loop.engine().memory();
        reply = new Reply(budget);
        words = new Region(budget, MemoryBudget.Purpose.NETWORK, 1024);
        inner = new Call(loop, loop.session(), reply, batch);
        sandbox = new Sandbox(
                new Bounds(loop.door().clock()), loop.random().nextInt(), "redis", functions(), constants());
    }

    private List<NativeFunction> functions() {
        return List.of(
                new NativeFunction("call", a -> {
                    var result = command(a);
                    if (result instanceof LuaTable table && !table.rawget("err").isnil()) {
                        throw new ScriptError(result);
                    }
                    return result;
                }),
                new NativeFunction("pcall", this::command),
                new NativeFunction("error_reply", ScriptRunner::errorReply),
                new NativeFunction("status_reply", ScriptRunner::statusReply),
                new NativeFunction("sha1hex", this::sha1),
                new NativeFunction("log", ScriptRunner::log),
                new NativeFunction("setresp", this::setProtocol),
                new NativeFunction("replicate_commands", _ -> LuaValue.TRUE),
                new NativeFunction("set_repl", _ -> LuaValue.NONE),
                new NativeFunction("breakpoint", _ -> LuaValue.FALSE),
                new NativeFunction("debug", _ -> LuaValue.NONE));
    }

    private static List<Sandbox.Constant> constants() {
        var levels =
                LOG_LEVELS.stream().map(name -> new Sandbox.Constant(name, LuaValue.valueOf(LOG_LEVELS.indexOf(name))));
        var replication = List.of("REPL_NONE", "REPL_AOF", "REPL_SLAVE", "REPL_ALL");
        var others = replication.stream()
                .map(name -> new Sandbox.Constant(name, LuaValue.valueOf(replication.indexOf(name))));
        return java.util.stream.Stream.concat(levels, others).toList();
    }

    /** Runs a script and writes its reply. */
    void run(Call call, CompiledScript script, int firstKey, int keys) {
        long given = size(call);
        if (given > Bounds.BYTES) {
            call.reply.error("ERR keys and arguments of the script are too large: bytes=" + given + " limit="
                    + Bounds.BYTES + "; pass less at once");
            return;
        }
        connection = call.connection();
        readOnly = !call.spec().write();
        protocol = 2;
        declared.clear();
        var keyTable = table(call, firstKey, keys);
        for (int i = 1; i <= keys; i++) {
            declared.add(keyTable.get(i).checkstring());
        }
        int size = call.reply.size();
        try {
            var arguments = table(call, firstKey + keys, call.count() - firstKey - keys);
            switch (sandbox.run(script, keyTable, arguments, given)) {
                case Sandbox.Outcome.Value(var value) ->
                    new LuaResults(call.reply, protocol == 3, sandbox.bounds()).write(value);
                case Sandbox.Outcome.Raised raised -> call.reply.error(text(raised, script));
            }
        } catch (BoundReachedError e) {
            call.reply.truncate(size);
            call.reply.error(
                    "ERR Error running script: " + e.getMessage() + "; do less in one script: script=" + script.sha1());
        } catch (StackOverflowError e) {
            call.reply.truncate(size);
            call.reply.error("ERR Error running script: stack overflow; nest less: script=" + script.sha1());
        } finally {
            declared.clear();
            reply.clear();
            words.shrink(1024);
            batch.clear();
            connection = null;
        }
    }

    /** About what the words of the command take on the heap. */
    private static long size(Call call) {
        long size = 0;
        for (int word = 0; word < call.count(); word++) {
            size += WORD_BYTES + call.length(word);
        }
        return size;
    }

    private static LuaTable table(Call call, int firstWord, int count) {
        var table = new LuaTable(count, 0);
        for (int i = 0; i < count; i++) {
            table.rawset(i + 1, LuaString.valueUsing(call.bytes(firstWord + i)));
        }
        return table;
    }

    private static String text(Sandbox.Outcome.Raised raised, CompiledScript script) {
        var told = raised.value() instanceof LuaTable table ? table.rawget("err") : LuaValue.NIL;
        var message = told.isstring() ? LuaReplies.latin1(told) : "ERR " + LuaReplies.latin1(raised.value());
        return raised.line() == 0
                ? message + " script: " + script.sha1()
                : message + " script: " + script.sha1() + ", on " + raised.source() + ":" + raised.line() + ".";
    }

    // what scripts call

    private LuaValue command(Arguments a) {
        if (a.count() == 0) {
            return error("ERR Please specify at least one argument for this redis lib call");
        }
        var texts = new byte[a.count()][];
        long bytes = 0;
        for (int i = 0; i < texts.length; i++) {
            var text = word(a.get(i + 1));
            if (text == null) {
                return error("ERR Lua redis lib command arguments must be strings or integers");
            }
            texts[i] = text;
            bytes += text.length;
        }
        var bounds = sandbox.bounds();
        bounds.checkTime();
        bounds.work(CALL_STEPS + bytes / BYTES_PER_STEP);
        bounds.allocate(bytes);
        fill(texts, bytes);
        var spec = batch.spec(0);
        var refusal = spec == null ? unknown(texts[0]) : refusal(spec);
        if (spec == null || refusal != null) {
            return error(String.valueOf(refusal));
        }
        reply.clear();
        reply.protocol(protocol);
        inner.set(connection(), batch, 0);
        RespLoop.invoke(spec, inner);
        bounds.work(reply.size() / BYTES_PER_STEP);
        bounds.allocate(reply.size() * 2L);
        return new LuaReplies(reply.address(), bounds).read();
    }

    private Connection connection() {
        if (connection == null) {
            throw new IllegalStateException("no script is running");
        }
        return connection;
    }

    private static byte @Nullable [] word(LuaValue value) {
        if (value instanceof LuaString string) {
            var bytes = new byte[string.m_length];
            string.copyInto(0, bytes, 0, bytes.length);
            return bytes;
        }
        return value.type() == LuaValue.TNUMBER
                ? NumberText.general(value.todouble(), NUMBER_DIGITS, false).getBytes(StandardCharsets.US_ASCII)
                : null;
    }

    private void fill(byte[][] texts, long bytes) {
        words.ensure(Math.max(1, bytes));
        batch.clear();
        long at = words.address();
        for (var text : texts) {
            OffHeap.copy(text, 0, at, text.length);
            batch.argument(at, text.length);
            at += text.length;
        }
        batch.command(loop.door().table().find(words.address(), texts[0].length), 0);
    }

    private static String unknown(byte[] name) {
        var missing = AbsentCommands.missingKind(new String(name, StandardCharsets.ISO_8859_1));
        return missing == null ? "ERR Unknown Redis command called from script" : missing;
    }

    /** Why this command must not run here; null if it may. */
    private @Nullable String refusal(CommandSpec spec) {
        if (!spec.acceptsCount(batch.count(0))) {
            return "ERR Wrong number of args calling Redis command from script";
        }
        if (spec.has(CommandSpec.ALONE | CommandSpec.UNQUEUED | CommandSpec.NOSCRIPT)) {
            return "ERR This Redis command is not allowed from script";
        }
        if (readOnly && spec.write()) {
            return "ERR Write commands are not allowed from read-only scripts.";
        }
        if (spec.firstKey() == 0) {
            return null;
        }
        int last = batch.lastKey(0);
        for (int word = spec.firstKey(); word <= last; word += spec.keyStep()) {
            var key = LuaString.valueUsing(OffHeap.toArray(batch.address(0, word), batch.length(0, word)));
            if (!declared.contains(key)) {
                return "ERR Script attempted to access a key it did not declare: key=" + LuaReplies.shown(key)
                        + "; name it in KEYS";
            }
        }
        return null;
    }

    private static LuaTable error(String text) {
        return LuaReplies.single("err", LuaReplies.string(text));
    }

    private static LuaValue errorReply(Arguments a) {
        if (a.count() != 1 || !(a.get(1) instanceof LuaString given)) {
            return error(WRONG_ARGUMENTS);
        }
        var text = LuaReplies.latin1(given);
        text = text.startsWith("-") ? text.substring(1) : text;
        return error(text.indexOf(' ') < 0 ? "ERR " + text : text);
    }

    private static LuaValue statusReply(Arguments a) {
        return a.count() == 1 && a.get(1) instanceof LuaString text
                ? LuaReplies.single("ok", text)
                : error(WRONG_ARGUMENTS);
    }

    private LuaValue sha1(Arguments a) {
        if (a.count() != 1) {
            throw new ScriptError(error("ERR wrong number of arguments"));
        }
        var text = word(a.get(1));
        var bytes = text == null ? new byte[0] : text;
        sandbox.bounds().work(CALL_STEPS + bytes.length / 4);
        return LuaValue.valueOf(CompiledScript.sha1(bytes));
    }

    private static LuaValue log(Arguments a) {
        if (a.count() < 2) {
            throw new ScriptError(error("ERR redis.log() requires two arguments or more."));
        }
        if (a.get(1).type() != LuaValue.TNUMBER) {
            throw new ScriptError(error("ERR First argument must be a number (log level)."));
        }
        long level = a.integer(1);
        if (level < 0 || level >= LOG_LEVELS.size()) {
            throw new ScriptError(error("ERR Invalid debug level."));
        }
        var text = new StringBuilder();
        for (int i = 2; i <= a.count() && text.length() < MAX_LOGGED; i++) {
            text.append(text.isEmpty() ? "" : " ").append(LuaReplies.shown(a.get(i)));
        }
        switch ((int) level) {
            case 0, 1 -> LOG.debug("script says: {}", text);
            case 2 -> LOG.info("script says: {}", text);
            default -> LOG.warn("script says: {}", text);
        }
        return LuaValue.NIL;
    }

    private LuaValue setProtocol(Arguments a) {
        if (a.count() != 1) {
            throw new ScriptError(error("ERR redis.setresp() requires one argument."));
        }
        long version = a.integer(1);
        if (version != 2 && version != 3) {
            throw new ScriptError(error("ERR RESP version must be 2 or 3."));
        }
        protocol = (int) version;
        return LuaValue.NIL;
    }

    @Override
    public void close() {
        reply.close();
        words.close();
    }
}
