// SPDX-License-Identifier: Apache-2.0
/**
 * What the cluster says, as immutable sorted lists. Start at {@link org.l34gateway.runtime.snapshot.ClusterWatch}; say
 * what to watch with {@link org.l34gateway.runtime.snapshot.Watched}, read {@link org.l34gateway.runtime.snapshot.Snapshot}.
 *
 * <p>List and watch are driven here and not by fabric8's informers, because those cannot tell a quiet watch from a deaf
 * one (fabric8 issues 1943, 4781, 6065, 7896) and have no transform. Every watch asks for bookmarks, which an API server
 * sends each minute; a watch that is silent for longer is replaced by a new list.
 */
@NullMarked
package org.l34gateway.runtime.snapshot;

import org.jspecify.annotations.NullMarked;
