package sherd.engine.archive;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sherd.engine.FormatPage;

/** The worked example of docs/formats/segment.md is what the code writes. */
final class SegmentSampleTest {
    private static final Pattern MEMBER = Pattern.compile("header +(\\d+) +(\\S+) +([\\d,]+) bytes");
    private static final int NAME_BYTES = 100;
    private static final int SIZE = 124;
    private static final int SIZE_DIGITS = 11;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path folder;

    @Test
    void membersAndFooterAreWhereThePageSaysThatTheyAre() throws Exception {
        SegmentSample.main(new String[] {folder.toString()});
        var file = Files.readAllBytes(folder.resolve("arc-20261123-001.tar"));
        var page = FormatPage.of("segment.md", "Worked example");
        assertThat(page.lines()).anyMatch(line -> line.contains(String.format("%,d bytes", file.length)));
        int members = 0;
        int footer = 0;
        for (var line : page.block(0)) {
            var member = MEMBER.matcher(line);
            assertThat(member.find()).as(line).isTrue();
            footer = Integer.parseInt(member.group(1));
            int header = footer - 512;
            assertThat(new String(file, header, NAME_BYTES, US_ASCII).replace("\0", ""))
                    .isEqualTo(member.group(2));
            assertThat(Long.parseLong(new String(file, header + SIZE, SIZE_DIGITS, US_ASCII), 8))
                    .isEqualTo(Long.parseLong(member.group(3).replace(",", "")));
            members++;
        }
        assertThat(members).isEqualTo(5);
        var shown = page.bytes(1);
        assertThat(shown).hasSizeGreaterThan(48);
        assertThat(Arrays.copyOfRange(file, footer, footer + shown.length)).isEqualTo(shown);
    }
}
