package sherd.bench.side;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import sherd.bench.frame.BenchException;

/** A load tool that runs to its end. */
final class Tool {
    private Tool() {}

    /** Runs it, and returns what it printed. */
    static String output(List<String> command) {
        var name = command.getFirst();
        try {
            var process = new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int status = process.waitFor();
            if (status != 0) {
                throw new BenchException(String.join(" ", command) + " ended with status " + status + ": " + text);
            }
            return text;
        } catch (IOException e) {
            throw new BenchException(
                    "cannot run " + name + "; ./verify installs what benchmarks need: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted during " + name, e);
        }
    }
}
