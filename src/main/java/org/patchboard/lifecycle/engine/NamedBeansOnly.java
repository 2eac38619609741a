package org.patchboard.lifecycle.engine;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.camunda.bpm.engine.ProcessEngineException;
import org.camunda.bpm.engine.delegate.BaseDelegateExecution;
import org.camunda.bpm.engine.delegate.DelegateTask;
import org.camunda.bpm.engine.delegate.ExecutionListener;
import org.camunda.bpm.engine.delegate.JavaDelegate;
import org.camunda.bpm.engine.delegate.TaskListener;
import org.camunda.bpm.engine.impl.el.JuelExpressionManager;
import org.camunda.bpm.engine.impl.el.VariableContextElResolver;
import org.camunda.bpm.engine.impl.el.VariableScopeElResolver;
import org.camunda.bpm.impl.juel.jakarta.el.BeanELResolver;
import org.camunda.bpm.impl.juel.jakarta.el.CompositeELResolver;
import org.camunda.bpm.impl.juel.jakarta.el.ELContext;
import org.camunda.bpm.impl.juel.jakarta.el.ELResolver;
import org.jspecify.annotations.Nullable;
import org.patchboard.lifecycle.task.VisibleToModels;
import org.springframework.aop.support.AopUtils;
import org.springframework.context.ApplicationContext;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.util.ClassUtils;

/**
 * What an expression in a model reaches: process variables, delegates, listeners, the beans marked
 * {@link VisibleToModels} and a few properties of the execution. The engine's own way shows every bean of the house and,
 * by reflection, the whole machine (measured: {@code ${jdbcTemplate...}} and {@code Runtime.exec} both ran).
 */
final class NamedBeansOnly extends JuelExpressionManager {

    private static final Set<String> OF_AN_EXECUTION =
            Set.of("businessKey", "processBusinessKey", "processInstanceId", "processDefinitionId", "id");
    private static final Set<String> OF_A_TASK = Set.of("id", "assignee", "processInstanceId", "taskDefinitionKey");

    private final ApplicationContext house;
    private final Map<String, Boolean> judged = new ConcurrentHashMap<>();

    NamedBeansOnly(ApplicationContext house) {
        this.house = house;
    }

    /** Names of all beans that models may use, in order. */
    Set<String> visible() {
        var names = new TreeSet<String>();
        Arrays.stream(house.getBeanDefinitionNames()).filter(this::isVisible).forEach(names::add);
        return names;
    }

    private boolean isVisible(String name) {
        return judged.computeIfAbsent(name, it -> {
            var type = house.containsBean(it) ? house.getType(it) : null;
            return type != null && isVisible(type);
        });
    }

    private static boolean isVisible(Class<?> type) {
        return JavaDelegate.class.isAssignableFrom(type)
                || ExecutionListener.class.isAssignableFrom(type)
                || TaskListener.class.isAssignableFrom(type)
                || AnnotationUtils.findAnnotation(ClassUtils.getUserClass(type), VisibleToModels.class) != null;
    }

    @Override
    protected ELResolver createElResolver() {
        var resolvers = new CompositeELResolver();
        resolvers.add(new VariableScopeElResolver());
        resolvers.add(new VariableContextElResolver());
        resolvers.add(new Names());
        resolvers.add(new Members());
        return resolvers;
    }

    /** The first word of an expression: a visible bean, or nothing. */
    private final class Names extends ELResolver {

        @Override
        public @Nullable Object getValue(ELContext context, @Nullable Object base, Object property) {
            if (base == null && isVisible(String.valueOf(property))) {
                context.setPropertyResolved(true);
                return house.getBean(String.valueOf(property));
            }
            return null;
        }

        @Override
        public boolean isReadOnly(ELContext context, @Nullable Object base, Object property) {
            return true;
        }

        @Override
        public void setValue(ELContext context, @Nullable Object base, Object property, @Nullable Object value) {
            throw new ProcessEngineException("An expression sets nothing.");
        }

        @Override
        public Class<?> getCommonPropertyType(ELContext context, @Nullable Object base) {
            return Object.class;
        }

        @Override
        public java.util.@Nullable Iterator<java.beans.FeatureDescriptor> getFeatureDescriptors(
                ELContext context, @Nullable Object base) {
            return null;
        }

        @Override
        public @Nullable Class<?> getType(ELContext context, @Nullable Object base, Object property) {
            return null;
        }
    }

    /** What follows a dot: methods of our own beans, properties of the execution; never those every object has. */
    private static final class Members extends BeanELResolver {

        @Override
        public @Nullable Object getValue(ELContext context, @Nullable Object base, Object property) {
            var allowed = base instanceof BaseDelegateExecution && OF_AN_EXECUTION.contains(property)
                    || base instanceof DelegateTask && OF_A_TASK.contains(property);
            if (base != null && !allowed) {
                throw refused(base, property);
            }
            return super.getValue(context, base, property);
        }

        @Override
        public Object invoke(
                ELContext context, Object base, Object method, Class<?> @Nullable [] types, Object[] arguments) {
            var owner = AopUtils.getTargetClass(base);
            if (!isVisible(owner)
                    || Arrays.stream(Object.class.getMethods())
                            .map(Method::getName)
                            .anyMatch(method::equals)) {
                throw refused(base, method);
            }
            return super.invoke(context, base, method, types, arguments);
        }

        @Override
        public void setValue(ELContext context, @Nullable Object base, Object property, @Nullable Object value) {
            if (base != null) {
                throw refused(base, property);
            }
        }

        private static ProcessEngineException refused(Object base, Object member) {
            return new ProcessEngineException("An expression may not use %s of %s."
                    .formatted(member, base.getClass().getSimpleName()));
        }
    }
}
