package sherd.engine;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_THROW_GENERIC_EXCEPTIONS;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.MethodCallTarget;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.elements.GivenClassesConjunction;
import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/**
 * What the engine's packages may do, as data. The rules take the root package as an argument, so that a test can apply
 * them to a house in which they are broken on purpose.
 */
final class HouseRules {
    /** Bottom up. A room sees the floors below its own, and neither the floors above nor its neighbours. */
    static final List<List<String>> FLOORS = List.of(
            List.of("error", "time", "observe", "lock"),
            List.of("memory", "disk"),
            List.of("schema", "version", "objects"),
            List.of("command"),
            List.of("column", "index", "log", "archive"),
            List.of("lifecycle"),
            List.of("table"),
            List.of("shard"),
            List.of("route"));

    private static final Set<String> CLOCK_READINGS = Set.of(
            "java.lang.System.currentTimeMillis",
            "java.lang.System.nanoTime",
            "java.time.Instant.now",
            "java.time.LocalDate.now",
            "java.time.LocalDateTime.now",
            "java.time.ZonedDateTime.now",
            "java.time.OffsetDateTime.now");

    private HouseRules() {}

    /** All rules for the house under {@code root}, by name. */
    static Map<String, ArchRule> under(String root) {
        var rules = new LinkedHashMap<String, ArchRule>();
        for (var floor : FLOORS) {
            for (var room : floor) {
                rules.put("floor of " + room, floorOf(root, room));
            }
        }
        rules.put("known rooms", classes().should().resideInAnyPackage(rooms(root)));
        rules.put("no cycles", slices().matching(root + ".(*)..").should().beFreeOfCycles());
        rules.put("arenas", classesOutside(arenaOwners(root)).should().dependOnClassesThat(areForeignMemory()));
        rules.put("files", classesOutside(packages(root + ".disk..")).should().dependOnClassesThat(areFiles()));
        rules.put("clock", classesOutside(packages(root + ".time..")).should().callMethodWhere(readsTheClock()));
        rules.put("standard streams", NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS);
        rules.put("generic exceptions", NO_CLASSES_SHOULD_THROW_GENERIC_EXCEPTIONS);
        rules.put("null marked", classes().should(ArchCondition.from(areNullMarked())));
        rules.replaceAll((_, rule) -> rule.allowEmptyShould(true));
        return rules;
    }

    private static ArchRule floorOf(String root, String room) {
        var outOfSight = new ArrayList<String>(List.of(root, root + ".sim.."));
        for (var floor : FLOORS.reversed()) {
            floor.stream()
                    .filter(other -> !other.equals(room))
                    .forEach(other -> outOfSight.add(root + "." + other + ".."));
            if (floor.contains(room)) {
                break;
            }
        }
        return noClasses()
                .that()
                .resideInAPackage(root + "." + room + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(outOfSight.toArray(String[]::new));
    }

    private static String[] rooms(String root) {
        var known = FLOORS.stream().flatMap(List::stream).map(room -> root + "." + room + "..");
        return Stream.concat(Stream.of(root), known).toArray(String[]::new);
    }

    private static GivenClassesConjunction classesOutside(DescribedPredicate<? super JavaClass> owners) {
        return noClasses().that(DescribedPredicate.not(owners));
    }

    private static DescribedPredicate<JavaClass> packages(String pattern) {
        return resideInAnyPackage(pattern);
    }

    /** Mapping a file needs an arena and a channel at once, so the classes of {@code disk} that map may have one. */
    private static DescribedPredicate<JavaClass> arenaOwners(String root) {
        return describe(
                "belong to memory, or map files in disk",
                type -> type.getPackageName().equals(root + ".memory")
                        || type.getName().startsWith(root + ".disk.Map"));
    }

    private static DescribedPredicate<JavaClass> areForeignMemory() {
        return describe(
                "are arenas or linkers", type -> type.isEquivalentTo(Arena.class) || type.isEquivalentTo(Linker.class));
    }

    private static DescribedPredicate<JavaClass> areFiles() {
        return describe(
                "are files",
                type -> type.getPackageName().startsWith("java.nio.file")
                        || type.getName().startsWith("java.io.File")
                        || type.getName().equals("java.io.RandomAccessFile")
                        || type.getName().startsWith("java.nio.channels.FileChannel")
                        || type.getName().equals("java.nio.channels.AsynchronousFileChannel"));
    }

    private static DescribedPredicate<JavaMethodCall> readsTheClock() {
        return describe("read the system's clock", call -> {
            MethodCallTarget target = call.getTarget();
            return CLOCK_READINGS.contains(target.getOwner().getName() + "." + target.getName());
        });
    }

    private static DescribedPredicate<JavaClass> areNullMarked() {
        return describe(
                "be in a package that is @NullMarked", type -> type.getPackage().isAnnotatedWith(NullMarked.class));
    }
}
