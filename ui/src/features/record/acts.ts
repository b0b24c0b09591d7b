export { acts } from '$shared/acts';
