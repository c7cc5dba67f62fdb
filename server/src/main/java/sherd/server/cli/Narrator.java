package sherd.server.cli;

import java.io.PrintStream;

/** Tells the demo: headed steps, sentences, and commands that can be typed, each with the answer it had. */
final class Narrator {
    private static final String INDENT = "   ";

    private final PrintStream out;
    private int step;

    Narrator(PrintStream out) {
        this.out = out;
    }

    void step(String title) {
        out.println();
        out.println(++step + ". " + title);
        out.println();
    }

    void say(String text) {
        text.lines().forEach(line -> out.println(INDENT + line));
    }

    void command(String command) {
        out.println(INDENT + "$ " + command);
    }

    void table(TextTable table) {
        table.lines().forEach(line -> out.println(INDENT + line));
        out.println();
    }

    /** What a command printed, then an empty line. */
    void answer(String text) {
        text.lines().forEach(line -> out.println(INDENT + line));
        out.println();
    }
}
