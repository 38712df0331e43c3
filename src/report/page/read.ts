/** The data that the page came with. */
export function readData<Data>(): Data {
  return JSON.parse(document.querySelector('#data')?.textContent ?? 'null') as Data;
}
