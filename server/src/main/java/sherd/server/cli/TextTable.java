package sherd.server.cli;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/** Rows of cells in columns that line up; the last one is not padded. */
final class TextTable {
    private static final String GAP = "  ";

    private final List<List<String>> rows = new ArrayList<>();
    private final List<Integer> numbers;

    /**
     * @param names of the columns; empty for a table without a head
     * @param numbers indices of the columns that stand to the right
     */
    TextTable(List<String> names, List<Integer> numbers) {
        this.numbers = numbers;
        if (!names.isEmpty()) {
            rows.add(names);
        }
    }

    void add(List<String> cells) {
        rows.add(cells.stream().map(Printable::of).toList());
    }

    void print(PrintStream out) {
        lines().forEach(out::println);
    }

    List<String> lines() {
        var widths = new ArrayList<Integer>();
        for (var row : rows) {
            for (int i = 0; i < row.size(); i++) {
                if (i == widths.size()) {
                    widths.add(0);
                }
                widths.set(i, Math.max(widths.get(i), row.get(i).length()));
            }
        }
        var lines = new ArrayList<String>();
        for (var row : rows) {
            var line = new StringBuilder();
            for (int i = 0; i < row.size(); i++) {
                var pad = " ".repeat(widths.get(i) - row.get(i).length());
                line.append(i == 0 ? "" : GAP);
                line.append(numbers.contains(i) ? pad + row.get(i) : row.get(i) + pad);
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }
}
