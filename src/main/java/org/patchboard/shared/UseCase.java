package org.patchboard.shared;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * What the house can be asked to do, in one transaction. A {@link Hindrance} commits (else the engine's boundary event
 * could never be taken: measured); everything else rolls back.
 */
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@Service
@Transactional(noRollbackFor = Hindrance.class)
public @interface UseCase {}
