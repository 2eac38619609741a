package org.patchboard.web.security;

import static org.assertj.core.api.Assertions.assertThat;

import org.camunda.bpm.spring.boot.starter.property.CamundaBpmProperties;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.web.ServerProperties;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.ConfigDataApplicationContextInitializer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class SecureCookiesTest {

    @EnableConfigurationProperties({ServerProperties.class, CamundaBpmProperties.class})
    static class Settings {}

    private final ApplicationContextRunner product = new ApplicationContextRunner()
            .withInitializer(new ConfigDataApplicationContextInitializer())
            .withUserConfiguration(Settings.class);

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void oneSettingDecidesForTheCookiesOfPagesAndEngine(boolean https) {
        product.withPropertyValues("patchboard.https=" + https).run(settings -> {
            var server = settings.getBean(ServerProperties.class);
            var engine = settings.getBean(CamundaBpmProperties.class).getWebapp();
            assertThat(server.getServlet().getSession().getCookie().getSecure()).isEqualTo(https);
            assertThat(engine.getCsrf().isEnableSecureCookie()).isEqualTo(https);
            assertThat(engine.getSessionCookie().isEnableSecureCookie()).isEqualTo(https);
        });
    }
}
