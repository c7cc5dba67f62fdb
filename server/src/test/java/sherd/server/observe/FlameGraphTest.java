package sherd.server.observe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

final class FlameGraphTest {
    private final FrameTree tree = new FrameTree();

    private Document page() throws Exception {
        var bytes = FlameGraph.html(tree, 7).getBytes(StandardCharsets.UTF_8);
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new ByteArrayInputStream(bytes));
    }

    private List<String> titles() throws Exception {
        var titles = new ArrayList<String>();
        var groups = page().getElementsByTagName("g");
        for (int i = 0; i < groups.getLength(); i++) {
            titles.add(((Element) groups.item(i))
                    .getElementsByTagName("title")
                    .item(0)
                    .getTextContent());
        }
        return titles;
    }

    @Test
    void framesAreAsWideAsTheyWereOften() throws Exception {
        tree.add(List.of("io", "run", "read"));
        tree.add(List.of("io", "run", "write"));
        tree.add(List.of("io", "run", "write"));
        tree.add(List.of("gc"));
        assertThat(titles())
                .containsExactly(
                        "all (4 samples, 100.0%)",
                        "gc (1 samples, 25.0%)",
                        "io (3 samples, 75.0%)",
                        "run (3 samples, 75.0%)",
                        "read (1 samples, 25.0%)",
                        "write (2 samples, 50.0%)");
        var write = (Element) page().getElementsByTagName("g").item(5);
        assertThat(write.getAttribute("data-x")).isEqualTo("600.00");
        assertThat(write.getAttribute("data-w")).isEqualTo("600.00");
    }

    @Test
    void namesAreEscaped() throws Exception {
        var name = "</title><script>alert('1')&\"\u0000\u0007\uD800";
        tree.add(List.of(name));
        assertThat(FlameGraph.html(tree, 1)).doesNotContain("<script>alert");
        assertThat(titles()).contains("</title><script>alert('1')&\"??? (1 samples, 100.0%)");
    }

    @Test
    void aDeepStackAndManyFramesAreBounded() throws Exception {
        tree.add(Collections.nCopies(2_000, "deep"));
        for (int i = 0; i < 100_000; i++) {
            tree.add(List.of("wide", "leaf" + i));
        }
        var titles = titles();
        assertThat(titles).hasSizeLessThan(3_000);
        assertThat(titles.getFirst()).isEqualTo("all (100001 samples, 100.0%)");
    }

    @Test
    void nothingFoundIsAPageToo() throws Exception {
        assertThat(titles()).containsExactly("all (0 samples, 0.0%)");
    }

    @Test
    void thePageLoadsNothing() {
        tree.add(List.of("io"));
        assertThat(FlameGraph.html(tree, 1).replace("http://www.w3.org/2000/svg", ""))
                .doesNotContain("http:", "https:", " src=", "@import", "url(");
    }
}
