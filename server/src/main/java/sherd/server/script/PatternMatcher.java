package sherd.server.script;

import org.luaj.vm2.LuaString;
import org.luaj.vm2.LuaValue;
import org.luaj.vm2.Varargs;

/**
 * Lua's patterns. A pattern can make any matcher try for years, so every step is work that the bounds count; the
 * interpreter's own matcher counts nothing.
 */
final class PatternMatcher {
    private static final int MAX_CAPTURES = 32;
    private static final int MAX_DEPTH = 200;
    private static final int OPEN = -1;
    private static final int POSITION = -2;
    private static final int NONE = -1;
    private static final int PLAIN = -2;

    private final Bounds bounds;
    private final byte[] text;
    private final int textStart;
    private final int textEnd;
    private final byte[] pattern;
    private final int patternStart;
    private final int patternEnd;
    private final int[] starts = new int[MAX_CAPTURES];
    private final int[] lengths = new int[MAX_CAPTURES];
    private int captures;
    private int depth;

    PatternMatcher(Bounds bounds, LuaString text, LuaString pattern) {
        this.bounds = bounds;
        this.text = text.m_bytes;
        textStart = text.m_offset;
        textEnd = text.m_offset + text.m_length;
        this.pattern = pattern.m_bytes;
        patternStart = pattern.m_offset;
        patternEnd = pattern.m_offset + pattern.m_length;
    }

    /** Whether it matches at the start of the text only. */
    boolean anchored() {
        return patternStart < patternEnd && pattern[patternStart] == '^';
    }

    /** Where a match that begins at this place of the text ends; negative if there is none. */
    int matchAt(int at) {
        captures = 0;
        depth = 0;
        int end = match(textStart + at, anchored() ? patternStart + 1 : patternStart);
        return end == NONE ? NONE : end - textStart;
    }

    int captures() {
        return captures;
    }

    LuaValue whole(int from, int to) {
        return slice(textStart + from, to - from);
    }

    /** A capture of the last match; without any, number 0 is the whole match. */
    LuaValue capture(int index, int from, int to) {
        if (index >= captures) {
            if (index == 0) {
                return whole(from, to);
            }
            throw new ScriptError("invalid capture index");
        }
        if (lengths[index] == POSITION) {
            return LuaValue.valueOf(starts[index] - textStart + 1);
        }
        if (lengths[index] == OPEN) {
            throw new ScriptError("unfinished capture");
        }
        return slice(starts[index], lengths[index]);
    }

    private LuaValue slice(int start, int length) {
        bounds.allocate(48L + length);
        return LuaString.valueOf(text, start, length);
    }

    /** All captures, or the whole match if there are none. */
    Varargs all(int from, int to) {
        var values = new LuaValue[Math.max(1, captures)];
        for (int i = 0; i < values.length; i++) {
            values[i] = capture(i, from, to);
        }
        return LuaValue.varargsOf(values);
    }

    private int match(int from, int patternFrom) {
        if (++depth > MAX_DEPTH) {
            throw new ScriptError("pattern too complex");
        }
        try {
            return matchHere(from, patternFrom);
        } finally {
            depth--;
        }
    }

    private int matchHere(int from, int patternFrom) {
        int s = from;
        int p = patternFrom;
        while (true) {
            bounds.work(1);
            if (p == patternEnd) {
                return s;
            }
            switch (pattern[p]) {
                case '(' -> {
                    return p + 1 < patternEnd && pattern[p + 1] == ')'
                            ? startCapture(s, p + 2, POSITION)
                            : startCapture(s, p + 1, OPEN);
                }
                case ')' -> {
                    return endCapture(s, p + 1);
                }
                case '$' -> {
                    if (p + 1 == patternEnd) {
                        return s == textEnd ? s : NONE;
                    }
                }
                case '%' -> {
                    int found = matchEscape(s, p);
                    if (found != PLAIN) {
                        return found;
                    }
                }
                default -> {}
            }
            int end = classEnd(p);
            int suffix = end < patternEnd ? pattern[end] : 0;
            switch (suffix) {
                case '?' -> {
                    if (s < textEnd && matchesOne(text[s] & 0xFF, p, end)) {
                        int found = match(s + 1, end + 1);
                        if (found != NONE) {
                            return found;
                        }
                    }
                    p = end + 1;
                }
                case '*' -> {
                    return expandMost(s, p, end);
                }
                case '+' -> {
                    return s < textEnd && matchesOne(text[s] & 0xFF, p, end) ? expandMost(s + 1, p, end) : NONE;
                }
                case '-' -> {
                    return expandLeast(s, p, end);
                }
                default -> {
                    if (s >= textEnd || !matchesOne(text[s] & 0xFF, p, end)) {
                        return NONE;
                    }
                    s++;
                    p = end;
                }
            }
        }
    }

    /** Escapes that are no class of characters; {@link #PLAIN} for others. */
    private int matchEscape(int s, int p) {
        int next = p + 1 < patternEnd ? pattern[p + 1] : 0;
        if (next == 'b') {
            int end = matchBalance(s, p + 2);
            return end == NONE ? NONE : match(end, p + 4);
        }
        if (next == 'f') {
            int end = frontier(s, p + 2);
            return end == NONE ? NONE : match(s, end);
        }
        if (next >= '0' && next <= '9') {
            int end = matchCapture(s, next);
            return end == NONE ? NONE : match(end, p + 2);
        }
        return PLAIN;
    }

    private int expandMost(int s, int p, int end) {
        int count = 0;
        while (s + count < textEnd && matchesOne(text[s + count] & 0xFF, p, end)) {
            count++;
            bounds.work(1);
        }
        for (; count >= 0; count--) {
            int found = match(s + count, end + 1);
            if (found != NONE) {
                return found;
            }
        }
        return NONE;
    }

    private int expandLeast(int from, int p, int end) {
        for (int s = from; ; s++) {
            int found = match(s, end + 1);
            if (found != NONE) {
                return found;
            }
            if (s >= textEnd || !matchesOne(text[s] & 0xFF, p, end)) {
                return NONE;
            }
        }
    }

    private int startCapture(int s, int p, int what) {
        if (captures == MAX_CAPTURES) {
            throw new ScriptError("too many captures");
        }
        starts[captures] = s;
        lengths[captures++] = what;
        int found = match(s, p);
        if (found == NONE) {
            captures--;
        }
        return found;
    }

    private int endCapture(int s, int p) {
        int open = captures - 1;
        while (open >= 0 && lengths[open] != OPEN) {
            open--;
        }
        if (open < 0) {
            throw new ScriptError("invalid pattern capture");
        }
        lengths[open] = s - starts[open];
        int found = match(s, p);
        if (found == NONE) {
            lengths[open] = OPEN;
        }
        return found;
    }

    private int matchBalance(int s, int p) {
        if (p + 1 >= patternEnd) {
            throw new ScriptError("unbalanced pattern");
        }
        if (s >= textEnd || text[s] != pattern[p]) {
            return NONE;
        }
        int nested = 1;
        for (int at = s + 1; at < textEnd; at++) {
            bounds.work(1);
            if (text[at] == pattern[p + 1]) {
                if (--nested == 0) {
                    return at + 1;
                }
            } else if (text[at] == pattern[p]) {
                nested++;
            }
        }
        return NONE;
    }

    @SuppressWarnings("OrphanedFormatString") // a pattern, no format
    private int frontier(int s, int p) {
        if (p >= patternEnd || pattern[p] != '[') {
            throw new ScriptError("missing '[' after '%f' in pattern");
        }
        int end = classEnd(p);
        int before = s == textStart ? 0 : text[s - 1] & 0xFF;
        int here = s < textEnd ? text[s] & 0xFF : 0;
        return !matchesSet(before, p, end - 1) && matchesSet(here, p, end - 1) ? end : NONE;
    }

    private int matchCapture(int s, int digit) {
        int index = digit - '1';
        if (index < 0 || index >= captures || lengths[index] == OPEN) {
            throw new ScriptError("invalid capture index");
        }
        int length = lengths[index];
        bounds.work(Math.max(0, length));
        if (textEnd - s < length) {
            return NONE;
        }
        for (int i = 0; i < length; i++) {
            if (text[starts[index] + i] != text[s + i]) {
                return NONE;
            }
        }
        return s + Math.max(0, length);
    }

    private int classEnd(int from) {
        int p = from;
        int first = pattern[p++];
        if (first == '%') {
            if (p == patternEnd) {
                throw new ScriptError("malformed pattern (ends with '%')");
            }
            return p + 1;
        }
        if (first != '[') {
            return p;
        }
        if (p < patternEnd && pattern[p] == '^') {
            p++;
        }
        do {
            if (p == patternEnd) {
                throw new ScriptError("malformed pattern (missing ']')");
            }
            if (pattern[p++] == '%' && p < patternEnd) {
                p++;
            }
        } while (p == patternEnd || pattern[p] != ']');
        return p + 1;
    }

    private boolean matchesOne(int c, int p, int end) {
        return switch (pattern[p]) {
            case '.' -> true;
            case '%' -> matchesClass(c, pattern[p + 1] & 0xFF);
            case '[' -> matchesSet(c, p, end - 1);
            default -> (pattern[p] & 0xFF) == c;
        };
    }

    /** A set from its {@code [} to its {@code ]}. */
    private boolean matchesSet(int c, int from, int last) {
        bounds.work((last - from) >> 2);
        int p = from + 1;
        boolean wanted = true;
        if (pattern[p] == '^') {
            wanted = false;
            p++;
        }
        for (; p < last; p++) {
            if (pattern[p] == '%' && p + 1 < last) {
                p++;
                if (matchesClass(c, pattern[p] & 0xFF)) {
                    return wanted;
                }
            } else if (p + 2 < last && pattern[p + 1] == '-') {
                if ((pattern[p] & 0xFF) <= c && c <= (pattern[p + 2] & 0xFF)) {
                    return wanted;
                }
                p += 2;
            } else if ((pattern[p] & 0xFF) == c) {
                return wanted;
            }
        }
        return !wanted;
    }

    private static boolean matchesClass(int c, int letter) {
        boolean matches = switch (letter | 0x20) {
            case 'a' -> alphabetic(c);
            case 'd' -> digit(c);
            case 'l' -> c >= 'a' && c <= 'z';
            case 's' -> c == ' ' || (c >= 9 && c <= 13);
            case 'u' -> c >= 'A' && c <= 'Z';
            case 'w' -> alphabetic(c) || digit(c);
            case 'x' -> digit(c) || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
            case 'p' -> c > 32 && c < 127 && !alphabetic(c) && !digit(c);
            case 'c' -> c < 32 || c == 127;
            case 'z' -> c == 0;
            default -> false;
        };
        if (!alphabetic(letter) || "adlsuwxpcz".indexOf(letter | 0x20) < 0) {
            return letter == c;
        }
        return (letter & 0x20) == 0 ? !matches : matches;
    }

    private static boolean alphabetic(int c) {
        return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
    }

    private static boolean digit(int c) {
        return c >= '0' && c <= '9';
    }
}
