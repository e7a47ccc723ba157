// SPDX-License-Identifier: Apache-2.0
package org.l34gateway.routing;

/** Condition types and reasons: those of the Gateway API v1 (GatewayConditionReason, RouteConditionReason) and our own. */
public final class Reasons {
    public static final String ACCEPTED = "Accepted";
    public static final String PROGRAMMED = "Programmed";
    public static final String RESOLVED_REFS = "ResolvedRefs";
    public static final String PARTIALLY_INVALID = "PartiallyInvalid";

    public static final String INVALID_PARAMETERS = "InvalidParameters";
    public static final String UNSUPPORTED_VALUE = "UnsupportedValue";
    public static final String NO_MATCHING_PARENT = "NoMatchingParent";
    public static final String NOT_ALLOWED_BY_LISTENERS = "NotAllowedByListeners";
    public static final String INVALID_KIND = "InvalidKind";
    public static final String BACKEND_NOT_FOUND = "BackendNotFound";
    public static final String REF_NOT_PERMITTED = "RefNotPermitted";

    /** A value that the schema lets pass and that cannot be carried out. */
    public static final String INVALID = "Invalid";

    /** There is no room for it in gateway pods. */
    public static final String LIMIT_REACHED = "LimitReached";

    /** The feature is part of the API and not built yet. */
    public static final String NOT_SUPPORTED = "NotSupported";

    private Reasons() {}
}
