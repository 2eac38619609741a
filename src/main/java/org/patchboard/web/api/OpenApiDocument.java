package org.patchboard.web.api;

import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.PathItem;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.IntegerSchema;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What {@code /api/v1/openapi.json} says beyond the handlers themselves: who may call, and how a refusal looks. */
@Configuration(proxyBeanMethods = false)
class OpenApiDocument {

    private static final String PROBLEM = "Problem";

    @Bean
    OpenAPI patchboardApi() {
        return new OpenAPI()
                .info(new Info()
                        .title("Patchboard")
                        .version("1")
                        .description("Errors are RFC 9457 problems. Lists answer {items, page, size, total};"
                                + " size is at most 500."))
                .components(new Components()
                        .addSecuritySchemes(
                                "basic",
                                new SecurityScheme()
                                        .type(SecurityScheme.Type.HTTP)
                                        .scheme("basic"))
                        .addSecuritySchemes(
                                "token",
                                new SecurityScheme()
                                        .type(SecurityScheme.Type.HTTP)
                                        .scheme("bearer")))
                .addSecurityItem(new SecurityRequirement().addList("basic"))
                .addSecurityItem(new SecurityRequirement().addList("token"));
    }

    @Bean
    OpenApiCustomizer refusalsOfEveryOperation() {
        return document -> {
            document.getComponents().addSchemas(PROBLEM, problem());
            document.getPaths()
                    .forEach((path, item) -> item.readOperationsMap()
                            .forEach((method, operation) -> refusals(path, method)
                                    .forEach((status, sentence) -> declare(operation, status, sentence))));
        };
    }

    private static Map<String, String> refusals(String path, PathItem.HttpMethod method) {
        var refusals = new LinkedHashMap<String, String>();
        refusals.put("400", "something is missing or malformed; nothing was changed");
        refusals.put("401", "nobody has signed in, or the token is not good");
        refusals.put("403", "this person may not");
        if (path.contains("{")) {
            refusals.put("404", "there is no such thing");
        }
        if (method != PathItem.HttpMethod.GET) {
            refusals.put("409", "it is not in a state in which this can be done");
        }
        return refusals;
    }

    private static void declare(Operation operation, String status, String sentence) {
        operation
                .getResponses()
                .addApiResponse(
                        status,
                        new ApiResponse()
                                .description(sentence)
                                .content(new Content()
                                        .addMediaType(
                                                "application/problem+json",
                                                new MediaType()
                                                        .schema(new Schema<>()
                                                                .$ref("#/components/schemas/" + PROBLEM)))));
    }

    private static Schema<?> problem() {
        return new ObjectSchema()
                .description("RFC 9457")
                .addProperty("type", new StringSchema())
                .addProperty("title", new StringSchema())
                .addProperty("status", new IntegerSchema())
                .addProperty("detail", new StringSchema().description("a sentence with the remedy"))
                .addProperty("instance", new StringSchema())
                .addProperty("place", new StringSchema().description("line or JSON path that was wrong"));
    }
}
