package sherd.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import sherd.engine.error.StoreException;

/** The rules hold in the house, and each of them fails where it is broken on purpose (see {@code planted}). */
final class HouseRulesTest {
    private static final String PLANTED = "sherd.engine.planted.";
    private static final JavaClasses HOUSE = new ClassFileImporter()
            .importUrl(
                    StoreException.class.getProtectionDomain().getCodeSource().getLocation());

    /** Files that break a source rule and may for now: entries only ever leave this list. */
    private static final List<String> RATCHET = List.of();

    static Stream<Arguments> rules() {
        return arguments(HouseRules.under("sherd.engine"));
    }

    static Stream<Arguments> rulesOfASoundHouse() {
        return arguments(HouseRules.under(PLANTED + "sound"));
    }

    private static Stream<Arguments> arguments(Map<String, ArchRule> rules) {
        return rules.entrySet().stream().map(rule -> Arguments.of(rule.getKey(), rule.getValue()));
    }

    @Test
    void theHouseWasSeen() {
        assertThat(HOUSE).hasSizeGreaterThan(30);
        assertThat(HOUSE.stream().map(type -> type.getPackageName())).contains("sherd.engine", "sherd.engine.error");
        assertThat(HOUSE.stream().map(type -> type.getPackageName())).noneMatch(name -> name.contains("planted"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rules")
    void theRuleHolds(String name, ArchRule rule) {
        rule.as(name + ": " + rule.getDescription()).check(HOUSE);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rulesOfASoundHouse")
    void theRuleHoldsInASoundHouse(String name, ArchRule rule) {
        rule.as(name + ": " + rule.getDescription()).check(planted("sound"));
    }

    static Stream<Arguments> broken() {
        return Stream.of(
                Arguments.of("floor of memory", "upward", "memory.LooksUp"),
                Arguments.of("floor of error", "neighbours", "error.Nosy"),
                Arguments.of("floor of route", "door", "route.Leaves"),
                Arguments.of("known rooms", "attic", "attic.Box"),
                Arguments.of("no cycles", "cycle", "memory.Egg"),
                Arguments.of("arenas", "arena", "column.OwnArena"),
                Arguments.of("files", "file", "log.OwnFile"),
                Arguments.of("clock", "clock", "shard.OwnClock"),
                Arguments.of("standard streams", "stream", "table.Prints"),
                Arguments.of("generic exceptions", "exception", "index.Throws"),
                Arguments.of("null marked", "unmarked", "disk.Unmarked"));
    }

    @ParameterizedTest(name = "{0}: {2}")
    @MethodSource("broken")
    void theRuleFailsWhereItIsBroken(String name, String house, String culprit) {
        assertThatThrownBy(() -> rule(PLANTED + house, name).check(planted(house)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(PLANTED + house + "." + culprit);
    }

    @Test
    void sourcesKeepTheirRules() throws IOException {
        var problems = new ArrayList<String>();
        var root = projectRoot();
        int seen = 0;
        for (var file : sources(root)) {
            var name = root.relativize(file).toString();
            if (!RATCHET.contains(name)) {
                problems.addAll(SourceRules.problems(name, Files.readString(file)));
            }
            seen++;
        }
        assertThat(problems).isEmpty();
        assertThat(seen).isGreaterThan(30);
    }

    @Test
    void sourceRulesFailWhereTheyAreBroken() {
        var longMethod = "class A {\n    A() {}\n\n    int b() {\n" + "        c(\"}\");\n".repeat(69) + "    }\n}\n";
        assertThat(SourceRules.problems("A.java", longMethod))
                .singleElement()
                .asString()
                .startsWith("A.java:4 a method has 71");
        assertThat(SourceRules.problems("A.java", longMethod.replaceFirst("        c.*\n", "")))
                .isEmpty();
        assertThat(SourceRules.problems("B.java", "// b\n".repeat(601)))
                .singleElement()
                .asString()
                .contains("601 lines");
        assertThat(SourceRules.problems("C.java", "class C {}\n// FIX" + "ME later\n"))
                .singleElement()
                .asString()
                .startsWith("C.java:2");
    }

    private static ArchRule rule(String root, String name) {
        var rule = HouseRules.under(root).get(name);
        if (rule == null) {
            throw new AssertionError("no such rule: " + name);
        }
        return rule;
    }

    private static JavaClasses planted(String house) {
        var classes = new ClassFileImporter().importPackages(PLANTED + house);
        assertThat(classes).isNotEmpty();
        return classes;
    }

    private static List<Path> sources(Path root) throws IOException {
        var files = new ArrayList<Path>();
        try (var modules = Files.newDirectoryStream(root)) {
            for (var module : modules) {
                var main = module.resolve("src/main");
                if (Files.isDirectory(main)) {
                    try (var found = Files.walk(main)) {
                        found.filter(file -> file.toString().endsWith(".java")).forEach(files::add);
                    }
                }
            }
        }
        return files;
    }

    private static Path projectRoot() {
        var here = Path.of("").toAbsolutePath();
        while (!Files.exists(here.resolve(".mvn"))) {
            here = here.getParent();
            assertThat(here).as("a folder above with .mvn in it").isNotNull();
        }
        return here;
    }
}
