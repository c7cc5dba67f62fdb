package sherd.server.resp;

import sherd.engine.memory.OffHeap;

/** Patterns of KEYS, SCAN and CONFIG GET, matched byte by byte exactly as Redis does, its oddities included. */
final class Glob {
    private static final int MAX_NESTING = 1000;

    private final byte[] pattern;
    private final boolean all;
    private boolean skipLonger;

    Glob(byte[] pattern) {
        this.pattern = pattern;
        this.all = pattern.length == 1 && pattern[0] == '*';
    }

    boolean matches(long address, int length) {
        if (all) {
            return true;
        }
        skipLonger = false;
        return matches(0, address, address + length, 0);
    }

    boolean matches(byte[] text, long copy) {
        OffHeap.copy(text, 0, copy, text.length);
        return matches(copy, text.length);
    }

    private boolean matches(int from, long text, long end, int nesting) {
        if (nesting > MAX_NESTING) {
            return false;
        }
        int p = from;
        long t = text;
        while (p < pattern.length && t < end) {
            switch (pattern[p]) {
                case '*' -> {
                    return star(p, t, end, nesting);
                }
                case '?' -> t++;
                case '[' -> {
                    int after = set(p, OffHeap.getUnsignedByte(t));
                    if (after < 0) {
                        return false;
                    }
                    p = after;
                    t++;
                }
                default -> {
                    if (pattern[p] == '\\' && p + 1 < pattern.length) {
                        p++;
                    }
                    if (pattern[p] != OffHeap.getByte(t)) {
                        return false;
                    }
                    t++;
                }
            }
            p++;
            if (t == end) {
                while (p < pattern.length && pattern[p] == '*') {
                    p++;
                }
                break;
            }
        }
        return p >= pattern.length && t == end;
    }

    private boolean star(int from, long text, long end, int nesting) {
        int p = from;
        while (p + 1 < pattern.length && pattern[p + 1] == '*') {
            p++;
        }
        if (p + 1 == pattern.length) {
            return true;
        }
        for (long t = text; t < end; t++) {
            if (matches(p + 1, t, end, nesting + 1)) {
                return true;
            }
            if (skipLonger) {
                return false;
            }
        }
        // What follows the star did not match to the end, so no earlier star can help either.
        skipLonger = true;
        return false;
    }

    /** Index of the last byte of the set that starts here if the byte is in it, else -1. */
    private int set(int from, int b) {
        int p = from + 1;
        boolean not = p < pattern.length && pattern[p] == '^';
        if (not) {
            p++;
        }
        boolean match = false;
        while (true) {
            if (p < pattern.length && pattern[p] == '\\' && p + 1 < pattern.length) {
                p++;
                match |= (pattern[p] & 0xFF) == b;
            } else if (p < pattern.length && pattern[p] == ']') {
                break;
            } else if (p >= pattern.length) {
                p--;
                break;
            } else if (p + 2 < pattern.length && pattern[p + 1] == '-') {
                int low = Math.min(pattern[p] & 0xFF, pattern[p + 2] & 0xFF);
                int high = Math.max(pattern[p] & 0xFF, pattern[p + 2] & 0xFF);
                p += 2;
                match |= b >= low && b <= high;
            } else {
                match |= (pattern[p] & 0xFF) == b;
            }
            p++;
        }
        return match != not ? p : -1;
    }
}
