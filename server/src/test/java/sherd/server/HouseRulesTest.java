package sherd.server;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_THROW_GENERIC_EXCEPTIONS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The server's rules hold, and each of them fails where it is broken on purpose (see {@code planted}). */
final class HouseRulesTest {
    private static final String PLANTED = "sherd.server.planted.";
    private static final List<String> DOORS = List.of("resp", "http", "grpc");
    private static final JavaClasses HOUSE = new ClassFileImporter()
            .importPackages("sherd.server")
            .that(describe("are not tests", HouseRulesTest::isProduction));

    private static boolean isProduction(JavaClass type) {
        return type.getSource()
                .map(source -> !source.getUri().getPath().contains("/test-classes/"))
                .orElse(false);
    }

    private static Map<String, ArchRule> under(String root) {
        var rules = new LinkedHashMap<String, ArchRule>();
        for (var door : DOORS) {
            var others = DOORS.stream().filter(other -> !other.equals(door)).map(other -> root + "." + other + "..");
            rules.put(
                    "door " + door,
                    noClasses()
                            .that()
                            .resideInAPackage(root + "." + door + "..")
                            .should()
                            .dependOnClassesThat()
                            .resideInAnyPackage(others.toArray(String[]::new)));
        }
        rules.put(
                "loki knows no door",
                noClasses()
                        .that()
                        .resideInAPackage(root + ".loki..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(DOORS.stream()
                                .map(door -> root + "." + door + "..")
                                .toArray(String[]::new)));
        rules.put(
                "logql knows no store",
                noClasses()
                        .that()
                        .resideInAPackage(root + ".loki.logql..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage("sherd.engine..", root + ".loki"));
        rules.put(
                "standard streams",
                noClasses().that().resideOutsideOfPackage(root + ".cli..").should(ACCESS_STANDARD_STREAMS));
        rules.put("generic exceptions", NO_CLASSES_SHOULD_THROW_GENERIC_EXCEPTIONS);
        rules.put(
                "null marked",
                classes()
                        .should(ArchCondition.from(describe(
                                "be in a package that is @NullMarked",
                                type -> type.getPackage().isAnnotatedWith(NullMarked.class)))));
        rules.replaceAll((_, rule) -> rule.allowEmptyShould(true));
        return rules;
    }

    static Stream<Arguments> rules() {
        return arguments(under("sherd.server"));
    }

    static Stream<Arguments> rulesOfASoundHouse() {
        return arguments(under(PLANTED + "sound"));
    }

    private static Stream<Arguments> arguments(Map<String, ArchRule> rules) {
        return rules.entrySet().stream().map(rule -> Arguments.of(rule.getKey(), rule.getValue()));
    }

    @Test
    void theHouseWasSeen() {
        assertThat(HOUSE).hasSizeGreaterThan(3);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rules")
    void theRuleHolds(String name, ArchRule rule) {
        rule.as(name + ": " + rule.getDescription()).check(HOUSE);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rulesOfASoundHouse")
    void theRuleHoldsInASoundHouse(String name, ArchRule rule) {
        rule.as(name + ": " + rule.getDescription()).check(new ClassFileImporter().importPackages(PLANTED + "sound"));
    }

    static Stream<Arguments> broken() {
        return Stream.of(
                Arguments.of("door resp", "doors", "resp.Nosy"),
                Arguments.of("loki knows no door", "rooms", "loki.Nosy"),
                Arguments.of("standard streams", "stream", "http.Prints"),
                Arguments.of("null marked", "unmarked", "http.Unmarked"));
    }

    @ParameterizedTest(name = "{0}: {2}")
    @MethodSource("broken")
    void theRuleFailsWhereItIsBroken(String name, String house, String culprit) {
        var rule = under(PLANTED + house).get(name);
        assertThat(rule).isNotNull();
        assertThatThrownBy(() -> rule.check(new ClassFileImporter().importPackages(PLANTED + house)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining(PLANTED + house + "." + culprit);
    }
}
