/**
 * Lifecycle of an optional resource that AWS does not delete while another one uses it. By default, Terraform destroys a removed
 * resource first, and then updates those that used it. Sources: terraform-provider-aws issues 25249 and 34807.
 */
export const UPDATE_USERS_FIRST = { createBeforeDestroy: true };
