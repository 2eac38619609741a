package org.patchboard.house;

import static com.tngtech.archunit.lang.conditions.ArchConditions.beAnnotatedWith;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.time.Clock;
import java.time.Instant;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.patchboard.audit.ReleaseKey;
import org.patchboard.shared.UseCase;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.transaction.annotation.Transactional;

@AnalyzeClasses(packages = "org.patchboard", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule onlyTheLifecycleKnowsTheEngine = noClasses()
            .that()
            .resideOutsideOfPackages("..lifecycle..", "..web.security..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.camunda..")
            .because("moving to a fork of the engine must stay a mechanical rename of one room (ADR-0001)");

    @ArchTest
    static final ArchRule nobodyImportsAnAdapter = classes()
            .that()
            .resideInAPackage("..adapter..")
            .should(new OnlyBeUsedByThemselves())
            .because("an adapter is chosen by its product's name at run time; who imports one cannot be given another");

    @ArchTest
    static final ArchRule adaptersKnowTheirOwnPortOnly = noClasses()
            .that()
            .resideInAPackage("..adapter..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "..lifecycle..",
                    "..web..",
                    "..change..",
                    "..approval..",
                    "..schedule..",
                    "..risk..",
                    "..identity..")
            .because("an adapter translates a product; what it is for is not its business");

    @ArchTest
    static final ArchRule useCasesSayHowTheyCommit = noClasses()
            .that()
            .areNotAnnotations()
            .should(beAnnotatedWith(Transactional.class))
            .because("a plain @Transactional rolls back on a hindrance and the boundary event is never taken: use "
                    + UseCase.class.getSimpleName());

    @ArchTest
    static final ArchRule noMethodIsTransactionalByItself =
            noMethods().should().beAnnotatedWith(Transactional.class).because("the use case is the transaction");

    @ArchTest
    static final ArchRule nothingRunsOnATimerOfOneNode = noMethods()
            .should()
            .beAnnotatedWith(Scheduled.class)
            .because("several nodes run side by side: a durable task or an engine timer happens once");

    @ArchTest
    static final ArchRule onlyTheSignerOfTheGateSignsReleases = noClasses()
            .that()
            .doNotHaveFullyQualifiedName("org.patchboard.lifecycle.engine.ReleaseSigner")
            .should()
            .callMethod(ReleaseKey.class, "sign", byte[].class)
            .because("whoever can sign a release can install without an approval");

    @ArchTest
    static final ArchRule delegatesAreNamedSo = classes()
            .that()
            .implement(JavaDelegate.class)
            .should()
            .haveSimpleNameEndingWith("Delegate")
            .andShould()
            .resideInAPackage("..lifecycle.task..")
            .because("models name them, and a reader looks for them there");

    @ArchTest
    static final ArchRule delegatesReadCallWrite = noClasses()
            .that()
            .implement(JavaDelegate.class)
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("org.springframework.jdbc.core.simple.JdbcClient")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("org.slf4j.Logger")
            .because("a delegate that queries or logs is a missing method elsewhere");

    @ArchTest
    static final ArchRule theHouseHasOneClock = noClasses()
            .that()
            .doNotHaveFullyQualifiedName("org.patchboard.DatabaseClock")
            .should()
            .callMethod(Instant.class, "now")
            .orShould()
            .callMethod(Clock.class, "systemUTC")
            .because(
                    "deadlines and windows are judged by the database's clock (measured: a node 40 minutes ahead opens windows early)");

    private static final class OnlyBeUsedByThemselves extends ArchCondition<JavaClass> {

        OnlyBeUsedByThemselves() {
            super("be used from their own package only");
        }

        @Override
        public void check(JavaClass adapter, ConditionEvents events) {
            for (var dependency : adapter.getDirectDependenciesToSelf()) {
                var origin = dependency.getOriginClass();
                if (!origin.getPackageName().startsWith(adapter.getPackageName())) {
                    events.add(SimpleConditionEvent.violated(adapter, dependency.getDescription()));
                }
            }
        }
    }
}
