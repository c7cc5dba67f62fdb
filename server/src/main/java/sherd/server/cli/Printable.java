package sherd.server.cli;

import java.util.Locale;

/** Text for people: characters that would move the cursor or change the terminal are shown by their names. */
final class Printable {
    private Printable() {}

    static String of(String text) {
        int plain = 0;
        while (plain < text.length() && !Character.isISOControl(text.charAt(plain))) {
            plain++;
        }
        if (plain == text.length()) {
            return text;
        }
        var shown = new StringBuilder(text.length() + 16).append(text, 0, plain);
        for (int i = plain; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\t' -> shown.append("\\t");
                case '\n' -> shown.append("\\n");
                case '\r' -> shown.append("\\r");
                default -> {
                    if (Character.isISOControl(c)) {
                        shown.append(String.format(Locale.ROOT, "\\x%02x", (int) c));
                    } else {
                        shown.append(c);
                    }
                }
            }
        }
        return shown.toString();
    }

    /** Bytes in the largest unit that keeps three digits before the point. */
    static String bytes(long bytes) {
        if (bytes < 1024) {
            return bytes + " B";
        }
        double value = bytes;
        int unit = -1;
        while (value >= 1024 && unit < 4) {
            value /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, "%.1f %ciB", value, "KMGTP".charAt(unit));
    }
}
