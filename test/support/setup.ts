// type-graphql reads design-time types when a decorated class is loaded, so this comes before any of them.
import "reflect-metadata";
