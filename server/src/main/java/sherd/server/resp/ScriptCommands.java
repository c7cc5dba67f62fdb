package sherd.server.resp;

import static sherd.server.resp.CommandSpec.CONTAINER;
import static sherd.server.resp.CommandSpec.Group.SCRIPTING;
import static sherd.server.resp.CommandSpec.KEYS_COUNTED;
import static sherd.server.resp.CommandSpec.NOSCRIPT;
import static sherd.server.resp.CommandSpec.READ;
import static sherd.server.resp.CommandSpec.WRITE;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.luaj.vm2.LuaError;
import sherd.server.script.CompiledScript;

/** EVAL and its family, and SCRIPT. The keys that a script names are locked like those of any other command. */
final class ScriptCommands {
    private static final String NO_SCRIPT = "NOSCRIPT No matching script. Please use EVAL.";
    private static final int MAX_SCRIPT = 1 << 20;
    private static final int SHA1_DIGITS = 40;
    private static final int SCRIPT_WORD = 1;
    private static final int COUNT_WORD = 2;
    private static final int FIRST_KEY = 3;

    private ScriptCommands() {}

    static void register(List<CommandSpec> to) {
        to.add(spec("eval", WRITE, "Run a script", ScriptCommands::eval));
        to.add(spec("evalsha", WRITE, "Run a script that is known by its SHA-1", ScriptCommands::evalSha));
        to.add(spec("eval_ro", READ, "Run a script that only reads", ScriptCommands::eval));
        to.add(spec("evalsha_ro", READ, "Run a known script that only reads", ScriptCommands::evalSha));
        to.add(new CommandSpec(
                "script", -2, CONTAINER | NOSCRIPT, 0, 0, 0, SCRIPTING, "Manage scripts", ScriptCommands::script));
    }

    private static CommandSpec spec(String name, int access, String summary, CommandSpec.Handler handler) {
        return new CommandSpec(
                name, -3, access | KEYS_COUNTED | NOSCRIPT, FIRST_KEY, -1, 1, SCRIPTING, summary, handler);
    }

    private static void eval(Call call) {
        if (!keysCounted(call)) {
            return;
        }
        if (tooLong(call, SCRIPT_WORD)) {
            return;
        }
        var source = call.bytes(SCRIPT_WORD);
        var script = call.loop.door().scripts().find(CompiledScript.sha1(source));
        if (script == null) {
            script = compiled(call, source);
        }
        if (script != null) {
            run(call, script);
        }
    }

    private static void evalSha(Call call) {
        if (call.length(SCRIPT_WORD) != SHA1_DIGITS) {
            call.reply.error(NO_SCRIPT);
            return;
        }
        if (!keysCounted(call)) {
            return;
        }
        var script = call.loop.door().scripts().find(call.lower(SCRIPT_WORD));
        if (script == null) {
            call.reply.error(NO_SCRIPT);
        } else {
            run(call, script);
        }
    }

    private static boolean keysCounted(Call call) {
        if (!call.integer(COUNT_WORD)) {
            return false;
        }
        if (call.number() > call.count() - FIRST_KEY) {
            call.reply.error("ERR Number of keys can't be greater than number of args");
            return false;
        }
        if (call.number() < 0) {
            call.reply.error("ERR Number of keys can't be negative");
            return false;
        }
        return true;
    }

    private static void run(Call call, CompiledScript script) {
        int last = call.batch().lastKey(call.commandIndex());
        call.loop.scripts().run(call, script, FIRST_KEY, last - FIRST_KEY + 1);
    }

    private static boolean tooLong(Call call, int word) {
        if (call.length(word) <= MAX_SCRIPT) {
            return false;
        }
        call.reply.error("ERR the script is too long: bytes=" + call.length(word) + " limit=" + MAX_SCRIPT
                + "; pass data in ARGV");
        return true;
    }

    /** Compiles and keeps it; on failure answers with an error and returns null. */
    private static @Nullable CompiledScript compiled(Call call, byte[] source) {
        try {
            var script = CompiledScript.of(source);
            call.loop.door().scripts().add(script);
            return script;
        } catch (LuaError e) {
            call.reply.error("ERR Error compiling script (new function): " + e.getMessage());
            return null;
        }
    }

    private static void script(Call call) {
        var sub = call.lower(1);
        switch (sub) {
            case "load" -> {
                boolean fits = ClientCommands.words(call, sub, 3) && !tooLong(call, 2);
                var script = fits ? compiled(call, call.bytes(2)) : null;
                if (script != null) {
                    call.reply.bulk(script.sha1());
                }
            }
            case "exists" -> exists(call, sub);
            case "flush" -> flush(call);
            case "kill" -> {
                if (ClientCommands.words(call, sub, 2)) {
                    call.reply.error("NOTBUSY No scripts in execution right now.");
                }
            }
            case "help" ->
                ClientCommands.lines(
                        call,
                        "SCRIPT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:",
                        "EXISTS <sha1> [<sha1> ...]",
                        "    Return whether the scripts are known.",
                        "FLUSH [ASYNC|SYNC]",
                        "    Forget all scripts.",
                        "KILL",
                        "    Nothing: scripts end by themselves, within their bounds.",
                        "LOAD <script>",
                        "    Keep a script without running it.",
                        "HELP",
                        "    Print this help.");
            default -> ClientCommands.unknown(call);
        }
    }

    private static void exists(Call call, String sub) {
        if (call.count() < 3) {
            ClientCommands.wrongCount(call, sub);
            return;
        }
        var scripts = call.loop.door().scripts();
        call.reply.array(call.count() - 2L);
        for (int word = 2; word < call.count(); word++) {
            call.reply.bool(scripts.find(call.text(word).toLowerCase(Locale.ROOT)) != null);
        }
    }

    private static void flush(Call call) {
        boolean known = call.count() == 2 || (call.count() == 3 && (call.is(2, "sync") || call.is(2, "async")));
        if (known) {
            call.loop.door().scripts().clear();
            call.reply.ok();
        } else {
            call.reply.error("ERR SCRIPT FLUSH only support SYNC|ASYNC option");
        }
    }
}
