package org.macemu.webrtc.control.rest;

import io.quarkus.smallrye.openapi.OpenApiFilter;
import org.eclipse.microprofile.openapi.OASFactory;
import org.eclipse.microprofile.openapi.OASFilter;
import org.eclipse.microprofile.openapi.models.Operation;
import org.eclipse.microprofile.openapi.models.responses.APIResponses;
import org.macemu.webrtc.control.problem.Problem;

/** Says of every operation of the API, after its other answers, that it can answer with a {@link Problem}. */
@OpenApiFilter(OpenApiFilter.RunStage.BUILD)
public class ProblemAnswer implements OASFilter {

    @Override
    public Operation filterOperation(Operation operation) {
        operation
                .getResponses()
                .addAPIResponse(APIResponses.DEFAULT, OASFactory.createAPIResponse().ref(ControlApi.PROBLEM));
        return operation;
    }
}
