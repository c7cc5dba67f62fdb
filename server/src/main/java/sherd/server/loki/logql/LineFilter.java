package sherd.server.loki.logql;

import java.util.ArrayList;
import java.util.List;

/** Keeps lines that contain one of some texts, or match one of some expressions; or those that do with none. */
public final class LineFilter implements Stage {
    private final MatchOp op;
    private final List<String> texts;
    private final List<BoundedPattern> patterns = new ArrayList<>();

    LineFilter(MatchOp op, List<String> texts) {
        this.op = op;
        this.texts = List.copyOf(texts);
        if (op.regex()) {
            texts.forEach(text -> patterns.add(BoundedPattern.part(text)));
        }
    }

    @Override
    public boolean process(LogLine line) {
        return contains(line.text()) != op.negative();
    }

    private boolean contains(String text) {
        if (!op.regex()) {
            for (var wanted : texts) {
                if (text.contains(wanted)) {
                    return true;
                }
            }
            return false;
        }
        for (var pattern : patterns) {
            if (pattern.matches(text)) {
                return true;
            }
        }
        return false;
    }

    /** Text that a kept line contains in some case, or an empty one if none is known. */
    public String contained() {
        if (texts.size() != 1 || op.negative()) {
            return "";
        }
        if (op == MatchOp.EQUAL) {
            return texts.getFirst();
        }
        var pattern = patterns.getFirst();
        return pattern.literal().isEmpty() ? pattern.literalInAnyCase() : pattern.literal();
    }
}
