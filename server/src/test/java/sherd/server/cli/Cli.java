package sherd.server.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;

/** Runs a verb in this process. */
final class Cli {
    /** What a verb printed and how it ended. */
    record Result(int status, String out, String err) {}

    private Cli() {}

    static Result run(String... arguments) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var usualOut = System.out;
        var usualErr = System.err;
        try (var newOut = new PrintStream(out, true, UTF_8);
                var newErr = new PrintStream(err, true, UTF_8)) {
            System.setOut(newOut);
            System.setErr(newErr);
            int status = Main.run(arguments);
            return new Result(status, out.toString(UTF_8), err.toString(UTF_8));
        } finally {
            System.setOut(usualOut);
            System.setErr(usualErr);
        }
    }
}
