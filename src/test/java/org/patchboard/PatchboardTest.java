package org.patchboard;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Import;
import org.springframework.test.context.ActiveProfiles;

/**
 * The whole product on a real PostgreSQL and the real engine, with real transactional beans. One context serves every
 * test that carries this annotation and adds nothing of its own (no mocks, no properties), so it starts once.
 * The engine's jobs and durable tasks are executed by hand; {@link TestClock} is set, never slept.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
@ActiveProfiles("test")
@Import({TestClock.Configuration.class, TestPeople.class})
@ExtendWith({TestClock.Reset.class, TestPeople.Leave.class})
public @interface PatchboardTest {}
